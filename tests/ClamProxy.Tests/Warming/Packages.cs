using System.IO.Compression;
using System.Security.Cryptography;

namespace ClamProxy.Tests.Warming;

/// <summary>NuGet packages, signed as NuGet does it: by one more entry, stored, behind the others.</summary>
internal static class Packages
{
    public static (byte[] Unsigned, byte[] Signed) Signed()
    {
        var time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var entries = new Dictionary<string, byte[]>
        {
            ["p.nuspec"] = "<package/>"u8.ToArray(),
            ["lib/p.dll"] = RandomNumberGenerator.GetBytes(200_000),
        };
        return (Zip(entries, time), Zip(new(entries) { [".signature.p7s"] = RandomNumberGenerator.GetBytes(9_000) }, time));
    }

    private static byte[] Zip(Dictionary<string, byte[]> entries, DateTimeOffset time)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in entries)
            {
                var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
                entry.LastWriteTime = time;
                using var stream = entry.Open();
                stream.Write(content);
            }
        }

        return buffer.ToArray();
    }
}
