internal import FoundationEssentials
internal import Synchronization

extension CloudSimulator {
    /// Answers `request` as the cloud would, or as `fault` wants it.
    ///
    /// Discovery names endpoints with `scheme`, which is what the client reached the simulator over.
    func answer(_ request: SimulatorRequest, _ route: Route, fault: Fault?, scheme: String) -> SimulatorAnswer {
        if let answer = fault?.answer { return answer.answer(to: request, route, context(request, route)) }
        if fault?.isCarriedOutTwice ?? false { _ = truth(request, route, fault: fault, scheme: scheme) }
        var answer = truth(request, route, fault: fault, scheme: scheme)
        if let omitted = fault?.omitted, answer.status == 200 { answer.document = answer.document?.omitting(omitted) }
        answer.headers.append(("Date", CivilTime(now).http))
        return answer
    }

    private func truth(
        _ request: SimulatorRequest,
        _ route: Route,
        fault: Fault?,
        scheme: String
    ) -> SimulatorAnswer {
        let identity = identityService(fault)
        do {
            let answer =
                switch route {
                case .control(let path): try ControlAnswers(simulator: self).answer(request, path)
                case .unknown: VPCError.notFound.answer
                case _ where route.isOfMetadataService && !identity.instance.metadataService.isEnabled:
                    VPCError.disabled.answer
                case .identityToken(let family): try identity.identityToken(request, family)
                case .iamToken(let family): try identity.iamToken(request, family)
                case .certificates(let family):
                    try identity.certificates(request, family, certificateAuthority.get())
                case .metadata(let path): try MetadataAnswers(identity).answer(request, path)
                case .iam: try IAMService(identity).token(request) { self.exchange(apiKey: $0) }
                case .keys: try IAMService(identity).keySet(request)
                case .instances(let id):
                    try InstanceService(identity: identity) { patch in
                        self.changeMetadataService { patch.apply(to: &$0) }
                    }
                    .answer(request, id: id)
                case .apiKeys(let path):
                    try APIKeyService(simulator: self, identity: identity, context: context(request, route))
                        .answer(request, path)
                case .secrets(let path): try SecretService(simulator: self, identity: identity).answer(request, path)
                case .resourceKeys(let path):
                    try ResourceKeyService(simulator: self, identity: identity).answer(request, path)
                case .rootKeys(let path):
                    try KeyProtectService(simulator: self, identity: identity).answer(request, path)
                case .objectStorage:
                    try ObjectStorageService(
                        identity: identity,
                        pairs: knownHMACPairs,
                        store: objects
                    )
                    .answer(request)
                case .discovery: try IAMService(identity).discovery(request, scheme: scheme)
                }
            return answer
        } catch let error as VPCError {
            return error.answer
        } catch let error as IAMError {
            return error.answer(context(request, route))
        } catch let error as IAMIdentityError {
            return error.answer(context(request, route))
        } catch let error as ResourceControllerError {
            return error.answer
        } catch let error as KeyProtectError {
            return error.answer
        } catch let error as ObjectStorageError {
            return error.answer
        } catch let error as ControlError {
            return error.answer
        } catch {
            // Only cryptography is left to fail, and its errors carry nothing for a client.
            return route.error(500, context(request, route))
        }
    }

    private func context(_ request: SimulatorRequest, _ route: Route) -> IAMErrorContext {
        var context = IAMErrorContext(
            userAgent: request.headers["user-agent"] ?? "",
            issuer: instance.issuer,
            now: now
        )
        if case .apiKeys(let path) = route { context.operation = APIKeyService.operation(request, path) }
        return context
    }
}

extension FaultAnswer {
    fileprivate func answer(
        to request: SimulatorRequest,
        _ route: Route,
        _ context: IAMErrorContext
    ) -> SimulatorAnswer {
        var answer =
            switch body {
            case .service where status >= 400:
                route.error(status, context)
            case .service, .empty: SimulatorAnswer(emptyWithStatus: status)
            case .text(let text):
                SimulatorAnswer(status: status, .verbatim(text))
            }
        // These two have no body by definition (RFC 9110 sections 15.3.5 and 15.4.5).
        if [204, 304].contains(status) { answer.document = nil }
        if let retryAfter { answer.headers.append(("Retry-After", String(retryAfter))) }
        answer.headers.append(("Date", CivilTime(context.now).http))
        return answer
    }
}
