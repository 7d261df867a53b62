import Glibc

/// Which of the two machines this is, as far as anybody may see it.
enum ThisMachine {
    /// Whether it is the aibox, which has no daemon: its timer's unit is there for everybody to see.
    static var isAibox: Bool {
        access("/etc/systemd/system/runegate-tend.timer", F_OK) == 0
            && access("/etc/systemd/system/runegate.service", F_OK) != 0
    }

    /// What is said here to whoever asks for something that only the public server does.
    static let askTheServer =
        "This is the aibox, and that is done on the public server: type the same command there."
}
