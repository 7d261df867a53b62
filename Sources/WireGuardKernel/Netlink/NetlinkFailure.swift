/// Why a netlink exchange gave no answer.
enum NetlinkFailure: Error, Equatable {
    /// The kernel answered with an error; `errno` is positive.
    case refused(errno: Int32)
    /// A system call failed before there was an answer.
    case system(operation: String, errno: Int32)
    /// Bytes that are no message, or a message that lacks what it must have.
    case garbled(String)
    /// The kernel had to drop messages (`ENOBUFS`, `NLMSG_OVERRUN`).
    case overrun
    /// The kernel kept silent for ``NetlinkSocket/patience``.
    case silent
}
