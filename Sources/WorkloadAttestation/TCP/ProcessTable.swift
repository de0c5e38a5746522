internal import CLinux

/// The processes of this machine, as far as the daemon sees them (proc(5)).
struct ProcessTable: Sendable {
    private let root: String
    /// Whether two tasks use one table of descriptors; false when that cannot be told.
    private let sharesDescriptors: @Sendable (Int32, Int32) -> Bool

    init(
        root: String = "/proc",
        sharesDescriptors: @escaping @Sendable (Int32, Int32) -> Bool = { clinux_share_descriptors($0, $1) == 1 }
    ) {
        self.root = root
        self.sharesDescriptors = sharesDescriptors
    }

    /// Every process, those of `userID` first, since the one that is looked for is most likely among them.
    func processes(firstOf userID: UInt32) throws(TCPAttestationError) -> [Process] {
        do {
            let folder = try Folder.at(path: root)
            var (likely, others): ([Process], [Process]) = ([], [])
            for number in try folder.numbers() {
                guard let owner = try? folder.owner(of: "\(number)") else { continue }  // it has ended
                let process = Process(number: number, owner: owner, root: folder, sharesDescriptors: sharesDescriptors)
                if owner == userID { likely.append(process) } else { others.append(process) }
            }
            return likely + others
        } catch {
            throw .unreadable("the processes in \(root)", error)
        }
    }

    /// A process as listed.
    struct Process: Sendable {
        let number: Int32
        /// The owner of its folder: its effective user, or root when it may not be traced (proc(5)).
        let owner: UInt32
        fileprivate let root: Folder
        fileprivate let sharesDescriptors: @Sendable (Int32, Int32) -> Bool

        /// Takes hold of it.
        func folder() throws(FileFault) -> Folder { try root.folder("\(number)") }

        /// The names, below its folder, of its tables of descriptors: that of the process, and those of threads that have
        /// their own.
        func descriptorTables(in folder: Folder) throws(FileFault) -> [String] {
            let threads: [Int32]
            do { threads = try folder.folder("task").numbers() } catch {
                guard error.isGone else { throw error }
                threads = []
            }
            // The first thread may be gone while others run; its table is empty then.
            return ["fd"]
                + threads.filter { $0 != number && !sharesDescriptors(number, $0) }.map { "task/\($0)/fd" }
        }
    }
}
