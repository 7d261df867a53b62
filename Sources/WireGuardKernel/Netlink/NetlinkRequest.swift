internal import CMNL

/// A request as the kernel takes it, built by libmnl.
struct NetlinkRequest {
    let bytes: [UInt8]
    let sequence: UInt32

    /// Room for a header, a fixed part and one name.
    private static let capacity = 128

    /// `CTRL_CMD_GETFAMILY` for a family's number (linux/genetlink.h).
    static func family(named name: String, sequence: UInt32) -> NetlinkRequest {
        build(type: UInt16(GENL_ID_CTRL), flags: UInt16(NLM_F_REQUEST), sequence: sequence) { header in
            putGenericHeader(header, command: UInt8(CTRL_CMD_GETFAMILY), version: 1)
            _ = mnl_attr_put_strz_check(header, capacity, UInt16(CTRL_ATTR_FAMILY_NAME), name)
        }
    }

    /// `WG_CMD_GET_DEVICE` for an interface (linux/wireguard.h); the kernel takes no other attribute than which.
    static func device(_ name: InterfaceName, family: UInt16, sequence: UInt32) -> NetlinkRequest {
        build(type: family, flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP), sequence: sequence) { header in
            putGenericHeader(
                header, command: UInt8(WG_CMD_GET_DEVICE.rawValue), version: UInt8(WG_GENL_VERSION))
            _ = mnl_attr_put_strz_check(header, capacity, UInt16(WGDEVICE_A_IFNAME.rawValue), name.text)
        }
    }

    /// `RTM_GETLINK` for an interface (rtnetlink(7)).
    static func link(_ name: InterfaceName, sequence: UInt32) -> NetlinkRequest {
        build(type: UInt16(RTM_GETLINK), flags: UInt16(NLM_F_REQUEST), sequence: sequence) { header in
            // All zero: any family, and the name decides which.
            _ = mnl_nlmsg_put_extra_header(header, MemoryLayout<ifinfomsg>.size)
            _ = mnl_attr_put_strz_check(header, capacity, UInt16(IFLA_IFNAME), name.text)
        }
    }

    private static func build(
        type: UInt16, flags: UInt16, sequence: UInt32, body: (UnsafeMutablePointer<nlmsghdr>) -> Void
    ) -> NetlinkRequest {
        let bytes = withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 16) { buffer -> [UInt8] in
            // libmnl leaves the padding as it is; what lay on the stack is none of the kernel's business.
            buffer.initializeMemory(as: UInt8.self, repeating: 0)
            guard let header = mnl_nlmsg_put_header(buffer.baseAddress) else { return [] }
            header.pointee.nlmsg_type = type
            header.pointee.nlmsg_flags = flags
            header.pointee.nlmsg_seq = sequence
            body(header)
            return Array(buffer.prefix(Int(header.pointee.nlmsg_len)))
        }
        return NetlinkRequest(bytes: bytes, sequence: sequence)
    }

    private static func putGenericHeader(
        _ header: UnsafeMutablePointer<nlmsghdr>, command: UInt8, version: UInt8
    ) {
        guard let start = mnl_nlmsg_put_extra_header(header, MemoryLayout<genlmsghdr>.size) else { return }
        start.storeBytes(of: genlmsghdr(cmd: command, version: version, reserved: 0), as: genlmsghdr.self)
    }
}
