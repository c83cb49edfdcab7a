/// The version of this release, of both programs.
package let releaseVersion = "0.1.0"
