internal import Glibc

/// What a file held before it was replaced, kept beside it.
///
/// It is another name of the same file (link(2)): so it has its owner and mode from the first moment on, and costs nothing.
extension SecretFolder {
    /// What is kept of a file.
    enum Aside {
        case nothing
        case content
        /// That there was no file.
        case absence
    }

    /// What is kept of `file` under `mark`.
    ///
    /// - Throws: ``SecretFileError`` also for something under such a name that somebody else put there.
    func aside(of file: FileLocation, _ mark: String, owner: UInt32?) throws(SecretFileError) -> Aside {
        if try isSafe(file.previousName(mark), of: file, owner: owner) { return .content }
        return try isSafe(file.absentName(mark), of: file, owner: owner) ? .absence : .nothing
    }

    /// Keeps what `file` holds now, unless something is kept under `mark` already.
    func keepAside(_ file: FileLocation, _ mark: String, owner: UInt32?) throws(SecretFileError) {
        guard case .nothing = try aside(of: file, mark, owner: owner) else { return }
        if try isSafe(file.name, of: file, owner: owner) {
            beforeChange()
            guard unsafe linkat(number, file.name, number, file.previousName(mark), 0) == 0 else {
                guard errno == EPERM || errno == EOPNOTSUPP || errno == EMLINK else {
                    throw .failure("cannot keep what \(file.path) holds beside it", errno)
                }
                throw SecretFileError(
                    .unsafePlace,
                    "cannot keep what \(file.path) holds beside it: the file must be this user's or the file's owner's, and its file system must have hard links"
                )
            }
        } else {
            _ = close(try create(file.absentName(mark), for: file))
        }
        // Before the file is replaced: who finds the new one after a loss of power finds the old one as well.
        try synchronize()
    }

    /// Puts back what is kept under `mark`.
    ///
    /// - Returns: whether anything was kept.
    func putBack(_ file: FileLocation, _ mark: String, owner: UInt32?) throws(SecretFileError) -> Bool {
        switch try aside(of: file, mark, owner: owner) {
        case .nothing:
            return false
        case .content:
            try rename(file.previousName(mark), to: file)
            // It stays when both were names of one file, because that was not replaced yet (rename(2)).
            _ = try removeIfThere(file.previousName(mark), of: file)
        case .absence:
            _ = try removeIfThere(file)
            // The mark goes last: until then it is known that there is to be no file.
            try synchronize()
            _ = try removeIfThere(file.absentName(mark), of: file)
        }
        try synchronize()
        return true
    }

    /// Removes what is kept under `mark`.
    func forget(_ file: FileLocation, _ mark: String) throws(SecretFileError) {
        var isChanged = false
        for name in [file.previousName(mark), file.absentName(mark)] where try removeIfThere(name, of: file) {
            isChanged = true
        }
        if isChanged { try synchronize() }
    }

    /// The marks under which something is kept of `file`; what others put there is none of it.
    func marks(of file: FileLocation, owner: UInt32?) throws(SecretFileError) -> Set<String> {
        var marks: Set<String> = []
        for name in try names() where name.hasPrefix(file.hiddenPrefix) {
            let mark = String(name.dropFirst(file.hiddenPrefix.count).prefix { $0 != "." })
            guard [file.previousName(mark), file.absentName(mark)].contains(name),
                (try? isSafe(name, of: file, owner: owner)) == true
            else { continue }
            marks.insert(mark)
        }
        return marks
    }

    /// Whether there is a file of this name; one that is not ours, root's or `owner`'s is an error.
    ///
    /// In a sticky folder others may make files, and could choose what is put back.
    private func isSafe(_ name: String, of file: FileLocation, owner: UInt32?) throws(SecretFileError) -> Bool {
        var status = stat()
        guard unsafe fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            guard errno == ENOENT else { throw .failure("cannot examine \(name) in \(path)", errno) }
            return false
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SecretFileError(.unsafePlace, "\(name) in \(path) is not a file: take it away")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 || status.st_uid == owner else {
            throw SecretFileError(
                .unsafePlace,
                "\(name) in \(path) belongs to uid \(status.st_uid): see who made it, and give it to root or take it away"
            )
        }
        return true
    }
}
