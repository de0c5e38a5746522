/// One thing that a grant gives, as lint compares grants.
enum LintGift: Hashable {
    case profile(ProfileName)
    case resource(GrantedResource)

    /// Profiles first, in the order of the document.
    static func all(of grant: Grant) -> [LintGift] {
        grant.profiles.map(LintGift.profile) + grant.resources.map(LintGift.resource)
    }
}
