using System.Security.Cryptography;

namespace ClamProxy.TestKit.Corpus;

/// <summary>EICAR in OLE2 documents: in a zip whose sectors lie apart, and in members of zips that are in no stream.</summary>
public static class CompoundCases
{
    public static IEnumerable<CorpusCase> All() =>
    [
        new("OLE2 document with a zip", RawCompound.Build(Zip(Eicar.Bytes))),
        new("OLE2 document with a zip in pieces", RawCompound.Build(Zip(Eicar.Bytes), Apart)),
        new("OLE2 document with a zip in pieces, in a zip", new RawZip().Build(RawCompound.Build(Zip(Eicar.Bytes), Apart))),
        new("OLE2 document with a zip64 in pieces", RawCompound.Build(Zip(Eicar.Bytes, isWide: true), Apart)),
        .. from method in new ushort[] { 0, 8 }
           let zip = new RawZip { Method = method }.Build(Eicar.Bytes)
           select new CorpusCase(
               $"OLE2 document with a zip in pieces and a member of another in no stream, method {method}",
               RawCompound.Build(Zip([1, 2, 3]), Apart, (0, zip[..^22]))),
        new(
            "OLE2 document with a zip in pieces and a zip in no stream",
            RawCompound.Build(Zip([1, 2, 3]), Apart, (0, new RawZip().Build(Eicar.Bytes)))),
    ];

    public static IEnumerable<CorpusCase> Clean() =>
    [
        new("OLE2 document with a zip", RawCompound.Build(Zip([1, 2, 3]))),
        new("OLE2 document with a zip in pieces", RawCompound.Build(Zip([1, 2, 3]), Apart)),
        new("OLE2 document with a zip in pieces, in a zip", new RawZip().Build(RawCompound.Build(Zip([1, 2, 3]), Apart))),
    ];

    /// <summary>Four sectors in front are free, and every second one behind them is some other stream's.</summary>
    public static int Apart(int sector) => 4 + (2 * sector);

    /// <summary>A zip of some 6,000 bytes whose directory and end lie in one sector, and whose members do not.</summary>
    public static byte[] Zip(byte[] content, bool isWide = false)
    {
        var filler = RandomNumberGenerator.GetBytes(6000);
        byte[] Build(int padding) => new RawZip { HasWideEnd = isWide, BehindMembers = new byte[padding] }.Build(
            ("filler", filler), ("member.bin", content));
        return Build((512 - (Build(0).AsSpan().IndexOf("PK\u0001\u0002"u8) % 512)) % 512);
    }
}
