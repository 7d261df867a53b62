/// What the aibox gets once it has joined.
package enum AiboxPlan {
    /// Every file and unit of the aibox.
    package static func make(answers: AiboxAnswers, secrets: AiboxSecrets) -> Plan {
        Plan(machine: .aibox, files: [], units: [])
    }
}
