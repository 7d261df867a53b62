import Provision
import Testing

@Test func `a planned file is root's and readable unless it says otherwise`() {
    let file = PlannedFile(path: "/etc/runegate/runegate.env", text: "A=b\n")
    #expect(file.mode == 0o644)
    #expect(file.user == "root")
    #expect(file.contents == Array("A=b\n".utf8))
}
