internal import FoundationEssentials

/// `GET /` of Cloud Object Storage's S3 API: lists the buckets of the instance file.
///
/// Only bearer tokens are taken, not signatures of HMAC keys.
struct BucketService {
    let identity: IdentityService

    func answer(_ request: SimulatorRequest) throws -> SimulatorAnswer {
        guard try identity.caller(of: request) != nil else { throw ObjectStorageError.accessDenied }
        guard request.method == "GET" else { throw ObjectStorageError.status(405) }
        let owner = XMLOutput.escape(request.headers["ibm-service-instance-id"] ?? identity.instance.account)
        let buckets = identity.instance.buckets.map { name in
            "<Bucket><Name>\(XMLOutput.escape(name))</Name>"
                + "<CreationDate>2026-09-01T10:00:00.000Z</CreationDate></Bucket>"
        }
        return SimulatorAnswer(
            xml: #"<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#
                + "<Owner><ID>\(owner)</ID><DisplayName>\(owner)</DisplayName></Owner>"
                + "<Buckets>\(buckets.joined())</Buckets></ListAllMyBucketsResult>"
        )
    }
}
