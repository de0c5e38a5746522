import ArgumentParser
@main struct P: ParsableCommand { func run() {} }
