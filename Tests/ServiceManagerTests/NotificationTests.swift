import Testing

@testable import ServiceManager

@Suite struct NotificationTests {
    @Test(arguments: [
        (Notification.ready, "READY=1"),
        (.reloading, "RELOADING=1\nMONOTONIC_USEC=42"),
        (.stopping, "STOPPING=1"),
        (.watchdog, "WATCHDOG=1"),
        (.status("3 profiles: 3 ready"), "STATUS=3 profiles: 3 ready"),
        (.status("one\nMAINPID=1\r\ntwo"), "STATUS=one MAINPID=1 two"),
        (.status(String(repeating: "x", count: 513)), "STATUS=" + String(repeating: "x", count: 511) + "…"),
        (.store(name: "token-cache"), "FDSTORE=1\nFDNAME=token-cache\nFDPOLL=0"),
        (.forget(name: "token-cache"), "FDSTOREREMOVE=1\nFDNAME=token-cache"),
    ])
    func isTheAssignmentsOfTheManual(notification: Notification, text: String) {
        #expect(notification.text(monotonic: 42) == text)
    }

    @Test func aReloadIsToldBetweenStartAndStop() {
        var phase = ServicePhase()
        #expect(phase.started() == .ready)
        #expect(phase.reloadBegan() == .reloading)
        #expect(phase.reloadBegan() == nil)
        #expect(phase.reloadEnded() == .ready)
        #expect(phase.reloadEnded() == nil)
        #expect(phase.reloadBegan() == .reloading)
        #expect(phase.stopBegan() == .stopping)
        #expect(phase.stopBegan() == nil)
    }

    @Test func theEndOfAReloadDuringTheStartIsNotTheEndOfTheStart() {
        var phase = ServicePhase()
        #expect(phase.reloadBegan() == nil)
        #expect(phase.reloadEnded() == nil)
        #expect(phase.started() == .ready)
        #expect(phase.reloadEnded() == nil)
    }

    @Test func afterAStopBeganNothingIsReady() {
        var phase = ServicePhase()
        #expect(phase.started() == .ready)
        #expect(phase.reloadBegan() == .reloading)
        #expect(phase.stopBegan() == .stopping)
        #expect(phase.reloadEnded() == nil)
        #expect(phase.started() == nil)
        #expect(phase.reloadBegan() == nil)
    }

    @Test func aStopDuringTheStartIsAStop() {
        var phase = ServicePhase()
        #expect(phase.stopBegan() == .stopping)
        #expect(phase.started() == nil)
    }
}
