package import GateModel

/// The aibox as it shall be.
package enum AiboxProvisioning {
    /// Every file of the machine, the record of its join too.
    package static func plan(_ state: BoxState) throws(Fault) -> Plan {
        let answers: AiboxAnswers
        do throws(Malformed) {
            answers = try state.answers()
        } catch {
            throw .damagedState
        }
        let rendered = AiboxPlan.make(answers: answers, secrets: state.wantedTunnels.secrets)
        return Plan(
            machine: .aibox, directories: rendered.directories,
            files: rendered.files + [
                PlannedFile(
                    path: "\(ProvisionPaths.directory)/\(RecordFiles.box)", contents: JSONBytes.of(state),
                    mode: 0o600, isSecret: true, isSeed: true)
            ],
            units: rendered.units)
    }
}
