package import StatusPage

/// What the page is made with.
package struct PageSource: Sendable {
    let page: StatusPage
    let configuration: [PageMaterial.ConfigurationSection]

    /// - Parameters:
    ///   - page: renders it.
    ///   - configuration: what may be shown of it.
    package init(_ page: StatusPage, configuration: [PageMaterial.ConfigurationSection]) {
        (self.page, self.configuration) = (page, configuration)
    }
}
