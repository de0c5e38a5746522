internal import TokenBroker

// A node takes the key from etcd, puts it into its file, and says so.
extension RotationRun {
    mutating func receive(_ node: Int) {
        guard !etcd.isAway(now) else {
            queue.schedule(.receive(node: Int32(node)), at: now.after(1 + random.draw() * 9))
            return
        }
        queue.schedule(.use(node: Int32(node)), at: now.after(0.05 + random.wait(mean: 0.3)))
    }

    mutating func use(_ node: Int) {
        consumers.use(node)
        acknowledge(node, failures: 0)
    }

    mutating func acknowledge(_ node: Int, failures: Int) {
        guard let done = etcd.write(at: now) else {
            let delay = BackOff.delay(failures: failures + 1, draw: random.draw())
            queue.schedule(.acknowledge(node: Int32(node), failures: Int32(failures + 1)), at: now.after(delay.seconds))
            return
        }
        queue.schedule(.acknowledged(node: Int32(node)), at: done)
    }
}
