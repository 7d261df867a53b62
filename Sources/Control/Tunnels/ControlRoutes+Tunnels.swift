internal import GateModel
internal import Logging
internal import TunnelSupervisor

// The paths of the control socket that are about tunnels.

extension ControlRoutes {
    func readTunnels(_ request: ControlRequest) async throws(Fault) -> ControlResponse {
        switch request.path {
        case "/v1/tunnels/why": .json(WhyAnswer(lines: await actions.tunnels.why()))
        case "/v1/tunnels/history": .json(try await actions.tunnels.history())
        default: .json(await actions.tunnels.report())
        }
    }

    /// `POST /v1/tunnels/prefer`; answers with the report that follows.
    func preferTunnel(_ request: ControlRequest) async throws -> ControlResponse {
        let preference = try ControlJSON.decode(PreferenceInput.self, from: request.body).checked()
        try await actions.tunnels.prefer(preference)
        log("path preferred", request, ["preference": "\(preference.rawValue)"])
        return .json(await actions.tunnels.report())
    }

    /// `POST /v1/tunnels/drill`; answers when traffic is back.
    func drillTunnels(_ request: ControlRequest) async throws(Fault) -> ControlResponse {
        log("drill asked for", request, [:])
        let result = try await actions.tunnels.drill()
        log("drill ended", request, ["passed": "\(result.isPassed)"])
        return .json(result)
    }
}
