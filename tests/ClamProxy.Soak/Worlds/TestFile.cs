using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Worlds;

/// <summary>A file whose bytes follow from its path: whoever reads the path knows what has to come.</summary>
/// <param name="IsInfected">EICAR is near its end: inside what no client may get before the verdict.</param>
internal sealed record TestFile(bool IsInfected, int Size, ulong Seed)
{
    /// <summary>How far before the end EICAR begins; less than <see cref="ProxyUnderTest.HoldBack"/>.</summary>
    private const int EicarFromEnd = 1000;

    public string Path => string.Create(CultureInfo.InvariantCulture, $"/{(IsInfected ? "infected" : "clean")}/{Size}/{Seed}");

    public static TestFile? Of(string path) =>
        path.Split('/') is ["", "infected" or "clean", var size, var seed]
        && int.TryParse(size, CultureInfo.InvariantCulture, out var bytes)
        && ulong.TryParse(seed, CultureInfo.InvariantCulture, out var number)
            ? new TestFile(path[1] == 'i', bytes, number)
            : null;

    /// <summary>SplitMix64 from the seed: distinct, incompressible and fast to make again.</summary>
    public byte[] Bytes()
    {
        var bytes = new byte[Size];
        Span<byte> word = stackalloc byte[8];
        var state = Seed;
        for (var at = 0; at < Size; at += 8)
        {
            state += 0x9E3779B97F4A7C15;
            var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            BinaryPrimitives.WriteUInt64LittleEndian(word, mixed ^ (mixed >> 31));
            word[..Math.Min(8, Size - at)].CopyTo(bytes.AsSpan(at));
        }

        if (IsInfected)
        {
            Eicar.Bytes.CopyTo(bytes, Size - EicarFromEnd);
        }

        return bytes;
    }

    public string Sha256() => Convert.ToHexStringLower(SHA256.HashData(Bytes()));
}
