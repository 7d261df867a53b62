import GateModel
import Glibc
import WireGuardKernel

/// `wireguard-probe dump|watch INTERFACE`: shows what WireGuardKernel reads, for tests that set up real interfaces.
///
/// `dump` prints the lines of `wg show all dump` for the interface, with `-` for each secret key; `watch` prints a
/// line for each reading until it is killed. A problem is printed as `fault CODE`.
@main
struct Probe {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 2, let verb = arguments.first, let last = arguments.last,
            let interface = try? InterfaceName(last)
        else {
            print("wireguard-probe dump|watch INTERFACE")
            exit(EX_USAGE)
        }
        switch verb {
        case "watch": await watch(interface)
        default: dump(interface)
        }
    }

    private static func dump(_ interface: InterfaceName) {
        do throws(WireGuardProblem) {
            print(DumpText.lines(try DeviceReader().device(interface)).joined(separator: "\n"))
        } catch {
            print("fault \(error.fault.code)")
            exit(EXIT_FAILURE)
        }
    }

    private static func watch(_ interface: InterfaceName) async {
        for await reading in DirectSource(interface: interface).readings() {
            var line = Array((DumpText.line(reading) + "\n").utf8)
            // Not `print`, which keeps lines back when nobody looks.
            guard write(STDOUT_FILENO, &line, line.count) == line.count else { return }
        }
    }
}
