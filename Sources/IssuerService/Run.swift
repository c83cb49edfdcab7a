/// Runs the program.
package func run() {}
