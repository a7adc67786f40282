namespace ClamProxy.Warming;

/// <summary>
/// The hashes that lists and indexes name, the weakest first. The weak ones find a file that was damaged or mixed up, and no more.
/// </summary>
internal enum DigestAlgorithm
{
    None = 0,
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}
