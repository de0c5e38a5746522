import CredentialSinks
import Foundation
import KeyRotation
import Synchronization
import Testing

/// Death of the process before each change of the disk, and again before each of the next run.
///
/// A folder that is copied before a change is what a process that is killed there leaves: nothing that it would still have done is in it.
@Suite struct KeyFileCrashTests {
    /// Copies of a folder as it was before each change.
    private final class Deaths: Sendable {
        private let state = Mutex<(folders: [KeyFolder], failure: (any Error)?)>(([], nil))

        func note(_ folder: KeyFolder) {
            state.withLock { state in
                do {
                    state.folders.append(try KeyFolder(copy: folder))
                } catch {
                    state.failure = error
                }
            }
        }

        func folders() throws -> [KeyFolder] {
            try state.withLock { state in
                if let failure = state.failure { throw failure }
                return state.folders
            }
        }
    }

    struct Scene: Sendable, CustomTestStringConvertible {
        let name: String
        /// What is there before anything is done.
        let before: String?
        /// What is done before the call that is interrupted, of rotation 1 unless told.
        let first: [Step]
        let call: Step
        /// What may be found at any moment of the call, and at its end.
        let during: Set<String?>
        let after: String?
        /// Names beside the file at the end.
        let beside: [String]
        var testDescription: String { name }
    }

    enum Step: Sendable {
        case publish(UInt64)
        case restore(UInt64)
        case forget(UInt64)

        func call(_ prints: [UInt64: SinkPrint]) throws -> SinkCall {
            switch self {
            case .publish(let number): .publish(try KeyContentTests.key(["api_key": "key \(number)"], rotation: number))
            case .restore(let number):
                .restore(prints[number] ?? SinkPrint(rotation: RotationID(number), text: ""))
            case .forget(let number): .forget(prints[number] ?? SinkPrint(rotation: RotationID(number), text: ""))
            }
        }
    }

    private static let one = "0000000000000001"
    private static let two = "0000000000000002"

    static let scenes = [
        Scene(
            name: "publish where nothing is",
            before: nil,
            first: [],
            call: .publish(1),
            during: [nil, "key 1\n"],
            after: "key 1\n",
            beside: [".key.\(one).absent"]
        ),
        Scene(
            name: "publish over what is there",
            before: "old",
            first: [],
            call: .publish(1),
            during: ["old", "key 1\n"],
            after: "key 1\n",
            beside: [".key.\(one).previous"]
        ),
        Scene(
            name: "publish over what a rotation published",
            before: "old",
            first: [.publish(1)],
            call: .publish(2),
            during: ["key 1\n", "key 2\n"],
            after: "key 2\n",
            beside: [".key.\(two).previous"]
        ),
        Scene(
            name: "restore what was there",
            before: "old",
            first: [.publish(1)],
            call: .restore(1),
            during: ["old", "key 1\n"],
            after: "old",
            beside: []
        ),
        Scene(
            name: "restore where nothing was",
            before: nil,
            first: [.publish(1)],
            call: .restore(1),
            during: [nil, "key 1\n"],
            after: nil,
            beside: []
        ),
        Scene(
            name: "forget",
            before: "old",
            first: [.publish(1)],
            call: .forget(1),
            during: ["key 1\n"],
            after: "key 1\n",
            beside: []
        ),
    ]

    /// The folder of a scene as it is when its call begins, and the prints of what was published.
    private func stage(_ scene: Scene) async throws -> (KeyFolder, [UInt64: SinkPrint]) {
        let folder = try KeyFolder()
        if let before = scene.before { try folder.write(before) }
        var prints: [UInt64: SinkPrint] = [:]
        for step in scene.first {
            let answer = try await folder.sink().perform(step.call(prints))
            if case .publish(let number) = step, case .holds(let print) = answer { prints[number] = print }
        }
        return (folder, prints)
    }

    /// Carries out the call, and gives the folder of each death.
    private func run(_ call: SinkCall, in folder: KeyFolder) async throws -> [KeyFolder] {
        let deaths = Deaths()
        let answer = try await folder.sink(beforeChange: { deaths.note(folder) }).perform(call)
        switch (call, answer) {
        case (.forget, .done), (.publish, .holds), (.restore, .holds): break
        default: Issue.record("\(answer)")
        }
        return try deaths.folders()
    }

    private func expectEnd(_ scene: Scene, _ folder: KeyFolder) throws {
        #expect(folder.content == scene.after)
        #expect(try folder.names() == (scene.beside + (scene.after == nil ? [] : ["key"])).sorted())
    }

    @Test(arguments: scenes) func theSameCallAgainGetsThereWhateverDies(scene: Scene) async throws {
        let (folder, prints) = try await stage(scene)
        let call = try scene.call.call(prints)
        var runs = 0
        for first in try await run(call, in: folder) {
            #expect(scene.during.contains(first.content))
            let again = try KeyFolder(copy: first)
            for second in try await run(call, in: again) {
                #expect(scene.during.contains(second.content))
                _ = try await run(call, in: second)
                try expectEnd(scene, second)
                runs += 1
            }
            try expectEnd(scene, again)
            runs += 1
        }
        try expectEnd(scene, folder)
        // So that a sink that does nothing does not pass.
        #expect(runs >= 3, "\(runs) runs")
    }

    /// The journal knows of the publication only that it was begun.
    @Test(arguments: scenes.prefix(3)) func aPublicationThatDiedCanBeTakenBack(scene: Scene) async throws {
        let (folder, prints) = try await stage(scene)
        let old = folder.content
        guard case .publish(let number) = scene.call else { return }
        for first in try await run(scene.call.call(prints), in: folder) {
            let restore = try Step.restore(number).call([:])
            let again = try KeyFolder(copy: first)
            for second in try await run(restore, in: again) {
                _ = try await run(restore, in: second)
                #expect(second.content == old)
            }
            #expect(again.content == old)
            #expect(try again.names().allSatisfy { !$0.contains(RotationID(number).rawValue) })
        }
    }
}
