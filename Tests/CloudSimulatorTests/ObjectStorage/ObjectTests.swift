import CloudSimulator
import Foundation
import Testing

/// Objects and lists of them, with IAM tokens.
@Suite struct ObjectTests {
    @Test func anObjectLivesAndDies() async throws {
        try await TestCloud.run { cloud in
            let path = "/broker-reports/a/b"
            let headers = ["X-Amz-Meta-Mtime": "1", "Content-Encoding": "gzip"]
            let put = try await cloud.storage("PUT", path, headers: headers, body: "hello")
            // MD5 of "hello".
            #expect(put.status == 200 && put.headers["etag"] == #""5d41402abc4b2a76b9719d911017c592""#)
            let head = try await cloud.storage("HEAD", path)
            #expect(head.status == 200 && head.body.isEmpty && head.headers["content-length"] == "5")
            #expect(head.headers["x-amz-meta-mtime"] == "1" && head.headers["content-encoding"] == "gzip")
            #expect(head.headers["last-modified"] == "Tue, 01 Sep 2026 10:00:00 GMT")
            let got = try await cloud.storage("GET", path)
            #expect(got.text == "hello")
            let deleted = try await cloud.storage("DELETE", path)
            #expect(deleted.status == 204)
            let gone = try await cloud.storage("GET", path)
            #expect(gone.outcome == "NoSuchKey")
        }
    }

    @Test(arguments: [
        ("", ["a/1", "a/2", "b", "c/d/e", "é"], []), ("?prefix=a/", ["a/1", "a/2"], []),
        ("?delimiter=/", ["b", "é"], ["a/", "c/"]), ("?prefix=c/&delimiter=/", [], ["c/d/"]),
        ("?list-type=2&start-after=a/2", ["b", "c/d/e", "é"], []), ("?marker=b", ["c/d/e", "é"], []),
        ("?marker=a/&delimiter=/", ["b", "é"], ["c/"]),
        ("?list-type=2&encoding-type=url&prefix=%C3%A9", ["%C3%A9"], []), ("?max-keys=0", [], []),
    ])
    func objectsAreListed(query: String, keys: [String], prefixes: [String]) async throws {
        try await TestCloud.run { cloud in
            try await cloud.putFive()
            let response = try await cloud.storage("GET", "/broker-reports\(query)")
            #expect(response.status == 200)
            #expect(try response.elements("Key") == keys)
            let common = response.text.matches(of: /<CommonPrefixes><Prefix>([^<]*)</).map { String($0.1) }
            #expect(common == prefixes)
        }
    }

    @Test(arguments: [
        "?max-keys=2&delimiter=/", "?max-keys=2", "?list-type=2&max-keys=1", "?list-type=2&max-keys=1&delimiter=/",
    ])
    func pagesFollowOneAnother(query: String) async throws {
        try await TestCloud.run { cloud in
            try await cloud.putFive()
            var seen: [String] = []
            var next = ""
            repeat {
                let page = try await cloud.storage("GET", "/broker-reports\(query)\(next)")
                seen +=
                    try page.elements("Key")
                    + page.text.matches(of: /<CommonPrefixes><Prefix>([^<]*)</).map { String($0.1) }
                let isTruncated = try page.elements("IsTruncated") == ["true"]
                let marker = try page.elements("NextMarker").first.map { "&marker=\($0)" }
                let token = try page.elements("NextContinuationToken").first.map { "&continuation-token=\($0)" }
                next = marker ?? token ?? ""
                #expect(isTruncated == !next.isEmpty)
            } while !next.isEmpty && seen.count <= 5
            #expect(
                seen.sorted()
                    == (query.contains("delimiter") ? ["a/", "b", "c/", "é"] : ["a/1", "a/2", "b", "c/d/e", "é"])
            )
        }
    }

    @Test(arguments: [
        ("GET", "/no-such-bucket?X-Amz-Algorithm=x", "AuthorizationQueryParametersError"),
        ("GET", "/broker-reports?acl", "NotImplemented"), ("PUT", "/broker-reports/a?partNumber=1", "NotImplemented"),
        ("POST", "/broker-reports/a", "MethodNotAllowed"), ("PUT", "/broker-reports", "BucketAlreadyOwnedByYou"),
        ("POST", "/broker-reports", "MethodNotAllowed"),
        ("GET", "/broker-reports?max-keys=-1", "InvalidArgument"),
        ("GET", "/broker-reports?list-type=1", "InvalidArgument"),
        ("GET", "/broker-reports?list-type=2&continuation-token=x", "InvalidArgument"),
        ("GET", "/broker-reports/none", "NoSuchKey"),
    ])
    func whatIsNotPlayedIsSaid(method: String, target: String, outcome: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.client.send(
                method,
                target,
                headers: target.contains("X-Amz") ? [:] : ["Authorization": "Bearer \(try await cloud.iamToken())"]
            )
            #expect(response.outcome == outcome)
        }
    }

    @Test(arguments: ["x-amz-copy-source", "if-none-match"])
    func fieldsThatWouldBeMisunderstoodAreRefused(name: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.storage("PUT", "/broker-reports/a", headers: [name: "*"])
            #expect(response.outcome == "NotImplemented")
        }
    }

    @Test func thereIsAnEndToTheStorage() async throws {
        try await TestCloud.run { cloud in
            let large = String(repeating: "x", count: 1_024 * 1_024)
            for number in 1...32 {
                let put = try await cloud.storage("PUT", "/broker-reports/\(number)", body: large)
                #expect(put.status == 200)
            }
            let full = try await cloud.storage("PUT", "/broker-reports/33", body: "x")
            #expect(full.outcome == "QuotaExceeded")
            // In place of an object as large there is room.
            let replaced = try await cloud.storage("PUT", "/broker-reports/1", body: large)
            #expect(replaced.status == 200)
            for size in [1_024 * 1_024 + 1, 2 * 1_024 * 1_024] {
                let body = String(repeating: "x", count: size)
                let tooLarge = try await cloud.storage("PUT", "/broker-reports/1", body: body)
                #expect(tooLarge.outcome == "EntityTooLarge")
            }
        }
    }

    @Test func keysAndMetadataHaveAnEnd() async throws {
        try await TestCloud.run { cloud in
            let long = String(repeating: "k", count: 1_025)
            let key = try await cloud.storage("PUT", "/broker-reports/\(long)")
            #expect(key.outcome == "KeyTooLongError")
            let metadata = String(repeating: "m", count: 9_000)
            let put = try await cloud.storage("PUT", "/broker-reports/a", headers: ["x-amz-meta-a": metadata])
            #expect(put.outcome == "MetadataTooLarge")
        }
    }

    @Test func strangersReachNoBucket() async throws {
        try await TestCloud.run { cloud in
            for target in ["/", "/broker-reports", "/broker-reports/a"] {
                let response = try await cloud.client.send("GET", target)
                #expect(response.outcome == "AccessDenied")
            }
        }
    }

    @Test func whoAsksFirstIsToldToGoOn() async throws {
        try await TestCloud.run { cloud in
            let text =
                "PUT /broker-reports/a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n"
                + "Connection: close\r\nAuthorization: Bearer \(try await cloud.iamToken())\r\n\r\nx"
            let response = try await cloud.client.exchange(text)
            let answers = String(decoding: response.bytes, as: UTF8.self)
            #expect(answers.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
        }
    }
}

extension TestCloud {
    fileprivate func putFive() async throws {
        for key in ["b", "a/2", "a/1", "%C3%A9", "c/d/e"] { _ = try await storage("PUT", "/broker-reports/\(key)") }
    }
}
