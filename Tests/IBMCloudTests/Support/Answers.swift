import Foundation

/// Bodies of success, as IBM documents them.
enum Answers {
    /// An identity token that answers the nonce of the request.
    static func identityToken(
        claims: String = #""exp":1788257100"#,
        members: String =
            #""created_at":"2026-09-01T10:00:00.363Z","expires_at":"2026-09-01T10:05:00.363Z","expires_in":300"#,
        answerNonce: @escaping @Sendable (String) -> String? = { $0 },
        claimNonce: @escaping @Sendable (String) -> String? = { $0 }
    ) -> Reply {
        .computed { request in
            let sent = request.nonce ?? ""
            let claim = claimNonce(sent).map { #","nonce":"\#($0)""# } ?? ""
            let member = answerNonce(sent).map { #","nonce":"\#($0)""# } ?? ""
            let token = World.token(claims: "{\(claims)\(claim)}")
            return .json(200, #"{"access_token":"\#(token)",\#(members)\#(member)}"#)
        }
    }

    static let iamToken = Reply.json(
        200,
        #"{"access_token":"h.p.s","created_at":"2026-09-01T10:00:00Z","expires_at":"2026-09-01T11:00:00Z","expires_in":3600}"#
    )

    static let grantedToken = Reply.json(
        200,
        #"{"access_token":"h.p.s","token_type":"Bearer","expires_in":3600,"expiration":1788260400,"scope":"ibm openid"}"#
    )

    static func metadataError(_ status: Int, _ code: String, trace: String = "7c1b0a9f-8e7d") -> Reply {
        .json(
            status,
            #"{"errors":[{"code":"\#(code)","message":"free text \#(World.secret)","target":{"name":"x","value":"\#(World.secret)"}}],"trace":"\#(trace)"}"#
        )
    }

    static func iamError(_ status: Int, _ code: String) -> Reply {
        .json(
            status,
            #"{"errorCode":"\#(code)","errorMessage":"free text","errorDetails":"\#(World.secret)","context":{"requestId":"ZzR4Y3Q-3f2e"}}"#
        )
    }
}
