using System.IO.Compression;
using System.Text;

namespace ClamProxy.Core.Clamd;

/// <summary>The contents that tell a scanner that looks from one that only answers. To test for more, add one here.</summary>
internal static class Canaries
{
    /// <summary>clamd takes MaxRecursion up to 100 and remembers clean contents by their hash. A layer with more than 100 below it is
    /// never clean to it, so even where it dives 100 deep it meets none that it remembers: with a hundred and some layers it
    /// could.</summary>
    private const int Layers = 205;

    /// <summary>Begins the name that stands in a fresh canary.</summary>
    private const string FreshName = "clamproxy-canary-";

    // In parts, so that no file of ours is itself found.
    private static readonly string[] EicarParts = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTI", "VIRUS-TEST-FILE!$H+H*"];

    /// <summary>The test file of eicar.org: 68 bytes.</summary>
    public static Canary Eicar { get; } = new(
        "eicar",
        Encoding.ASCII.GetBytes(string.Concat(EicarParts)),
        "it does not find the EICAR test file: its signatures are missing (DatabaseDirectory in clamd.conf; has freshclam run?)",
        IsAboutLimits: false);

    /// <summary>EICAR as the one member of a zip: what official databases find too.</summary>
    public static Canary EicarInZip { get; } = new(
        "zip",
        SizeProbe.Zip(member => member.Write(Eicar.Content.Span)),
        "it does not find the EICAR test file in a zip: set \"ScanArchive yes\" in clamd.conf",
        IsAboutLimits: false)
    {
        Fresh = () => SizeProbe.Zip(member => member.Write(Eicar.Content.Span), FreshName + Guid.NewGuid().ToString("N")),
    };

    /// <summary>EICAR below more layers of gzip than any clamd opens: about 5 KB.</summary>
    public static Canary SilentLimits { get; } = new(
        "limits",
        Wrap(Eicar.Content, Layers),
        "it answers OK to content over its limits without scanning it: set \"AlertExceedsMax yes\" (and leave \"ScanArchive yes\") in "
            + "clamd.conf",
        IsAboutLimits: true)
    {
        Fresh = () => Named(Wrap((byte[])[.. Guid.NewGuid().ToByteArray(), .. Eicar.Content.Span], Layers)),
    };

    /// <summary>A zip whose member is marked as encrypted. What a scanner says to it is reported, not judged: an encrypted zip is refused
    /// in any case.</summary>
    public static Canary Encrypted { get; } = new(
        "encrypted",
        MarkEncrypted(EicarInZip.Content.ToArray()),
        "it answers OK to encrypted archives: set \"AlertEncrypted yes\" in clamd.conf",
        IsAboutLimits: false);

    /// <summary>What a scanner must find.</summary>
    public static IReadOnlyList<Canary> All { get; } = [Eicar, EicarInZip, SilentLimits];

    /// <summary>The canary that these bytes are, fresh or not; null for any other content.</summary>
    public static Canary? Of(ReadOnlyMemory<byte> content)
    {
        if (All.Append(Encrypted).FirstOrDefault(one => content.Span.SequenceEqual(one.Content.Span)) is { } known)
        {
            return known;
        }

        if (content.Span.IndexOf(Encoding.ASCII.GetBytes(FreshName)) is < 0 or > 64)
        {
            return null;
        }

        return content.Span[0] == (byte)'P' ? EicarInZip : SilentLimits;
    }

    /// <summary>Writes a name into a gzip's header (FNAME, RFC 1952 §2.3.1).</summary>
    private static byte[] Named(byte[] gzip)
    {
        const int Flags = 3;
        const int HeaderLength = 10;
        const byte HasName = 8;
        gzip[Flags] |= HasName;
        return [.. gzip.AsSpan(0, HeaderLength), .. Encoding.ASCII.GetBytes(FreshName), 0, .. gzip.AsSpan(HeaderLength)];
    }

    private static byte[] MarkEncrypted(byte[] zip)
    {
        const int FlagsOfMember = 6;
        const int FlagsOfEntry = 8;
        zip[FlagsOfMember] |= 1;
        zip[zip.AsSpan().IndexOf("PK\u0001\u0002"u8) + FlagsOfEntry] |= 1;
        return zip;
    }

    private static byte[] Wrap(ReadOnlyMemory<byte> content, int layers)
    {
        var wrapped = content.ToArray();
        for (var layer = 0; layer < layers; layer++)
        {
            using var target = new MemoryStream();
            // Not Fastest: that makes incompressible input 6 % longer, layer by layer, which is gigabytes at 205.
            using (var gzip = new GZipStream(target, CompressionLevel.Optimal))
            {
                gzip.Write(wrapped);
            }

            wrapped = target.ToArray();
        }

        return wrapped;
    }
}
