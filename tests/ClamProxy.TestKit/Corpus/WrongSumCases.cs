using System.Security.Cryptography;

namespace ClamProxy.TestKit.Corpus;

/// <summary>EICAR in gzips whose sum or length is wrong: everybody unpacks them, and some complain afterwards.</summary>
public static class WrongSumCases
{
    public static IEnumerable<CorpusCase> All()
    {
        byte[][] contents =
        [
            Eicar.Bytes,
            Packers.Tar(Eicar.Bytes),
            Packers.Tar(Packers.Gzip(Packers.Tar(Eicar.Bytes)), first: RandomNumberGenerator.GetBytes(300_000)),
        ];
        return
        [
            .. from content in contents
               from at in new[] { ^6, ^1 }
               let gzip = Wrong(Packers.Gzip(content), at)
               let name = $"gzip of {content.Length} bytes with a wrong {(at.Equals(^1) ? "length" : "sum")}"
               from one in new[]
               {
                   new CorpusCase(name, gzip),
                   new CorpusCase($"{name}, zeros behind", [.. gzip, .. new byte[600]]),
                   new CorpusCase($"{name}, in a tar in gzip", Packers.Gzip(Packers.Tar(gzip))),
                   new CorpusCase($"{name}, in a zip", new RawZip().Build(gzip)),
                   new CorpusCase($"clean {name} in front of it", [.. Wrong(Packers.Gzip(new byte[100]), at), .. Packers.Gzip(content)]),
               }
               select one,
        ];
    }

    private static byte[] Wrong(byte[] gzip, Index at)
    {
        gzip[at]++;
        return gzip;
    }
}
