using System.IO.Compression;
using System.Security.Cryptography;

namespace ClamProxy.Core.Compression.Codings;

/// <summary>
/// A gzip member appended to every gzip body before it is decoded. It comes out behind the content only if the body ended
/// exactly where a member ends: .NET's GZipStream reports neither a cut last member nor bytes behind it.
/// The sentinel is random, so nobody can put it there.
/// </summary>
internal static class GzipSentinel
{
    public const int Length = 16;

    public static byte[] Content { get; } = RandomNumberGenerator.GetBytes(Length);

    public static byte[] Member { get; } = Compress(Content);

    private static byte[] Compress(byte[] content)
    {
        using var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return member.ToArray();
    }
}
