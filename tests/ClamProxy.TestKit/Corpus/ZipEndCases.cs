using System.Buffers.Binary;

namespace ClamProxy.TestKit.Corpus;

/// <summary>EICAR in zips whose end clamd takes for another, or does not find, while some reader does.</summary>
public static class ZipEndCases
{
    private static readonly byte[] Script = "#!/bin/sh\n"u8.ToArray();

    public static IEnumerable<CorpusCase> All() => [.. MadeUp()];

    /// <summary>What somebody may have made so.</summary>
    public static IEnumerable<CorpusCase> Clean(byte[] content)
    {
        var zip = new RawZip().Build(content);
        yield return new CorpusCase("clean zip with an end's mark in its comment", new RawZip { Comment = [.. "about PK\u0005\u0006: "u8, .. new byte[40]] }.Build(content));
        yield return new CorpusCase("clean zip with an end's mark in a stored member", new RawZip { Method = 0 }.Build([.. "PK\u0001\u0002s\u0004PK\u0005\u0006s\u0004PK\u0003\u0004"u8, .. content]));
        yield return new CorpusCase("clean zip with an end's mark in a stored member and behind", [.. new RawZip { Method = 0 }.Build(MadeUpEnd()), .. MadeUpEnd()]);
        yield return new CorpusCase("clean zip twice", [.. zip, .. zip]);
        yield return new CorpusCase("clean zip with an empty one behind", [.. zip, .. new RawZip().Build()]);
        yield return new CorpusCase("clean zipapp with a comment", new RawZip { Prefix = Script, CountsPrefix = true, Comment = new byte[200] }.Build(content));
        yield return new CorpusCase("clean program with a zip and a signature behind", [.. new RawZip { Prefix = [.. "MZ"u8, .. new byte[1000]], CountsPrefix = true }.Build(content), .. content]);
    }

    /// <summary>22 bytes and a comment that say that a directory begins at this byte.</summary>
    public static byte[] MadeUpEnd(int directoryAt = 10, int length = 46)
    {
        byte[] end = [.. "PK\u0005\u0006"u8, .. new byte[18], .. "xxxxx"u8];
        (end[8], end[10], end[20]) = (1, 1, 7);
        BinaryPrimitives.WriteInt32LittleEndian(end.AsSpan(12), length);
        BinaryPrimitives.WriteInt32LittleEndian(end.AsSpan(16), directoryAt);
        return end;
    }

    /// <summary>clamd goes by the last end whose offset lies in the file, and is done if there is no directory.</summary>
    private static IEnumerable<CorpusCase> MadeUp() =>
        from descriptors in new[] { false, true }
        let kind = descriptors ? ", with descriptors" : ""
        let zip = new RawZip { HasDescriptors = descriptors }.Build(Members)
        let behind = (byte[])[.. zip, .. MadeUpEnd()]
        from one in new[]
        {
            new CorpusCase($"zip with a made-up end behind{kind}", behind),
            new CorpusCase($"zip with a made-up end in its comment{kind}", new RawZip { HasDescriptors = descriptors, Comment = MadeUpEnd() }.Build(Members)),
            new CorpusCase($"zip with three made-up ends behind{kind}", [.. behind, .. MadeUpEnd(20), .. MadeUpEnd(30)]),
            new CorpusCase($"zip with a made-up end and zeros behind{kind}", [.. behind, .. new byte[30_000]]),
            new CorpusCase($"zip behind a script with a made-up end behind{kind}", [.. new RawZip { HasDescriptors = descriptors, Prefix = Script }.Build(Members), .. MadeUpEnd()]),
            new CorpusCase($"zip behind a script it counts with a made-up end behind{kind}", [.. new RawZip { HasDescriptors = descriptors, Prefix = Script, CountsPrefix = true }.Build(Members), .. MadeUpEnd()]),
            new CorpusCase($"zip with a made-up end behind, in a zip{kind}", new RawZip().Build(behind)),
            new CorpusCase($"zip with a made-up end behind, in a stored zip{kind}", new RawZip { Method = 0 }.Build(behind)),
            new CorpusCase($"zip with a made-up end behind, in a tar in gzip{kind}", Packers.Gzip(Packers.Tar(behind))),
        }
        select one;

    private static (string Name, byte[] Content)[] Members => [("first", new byte[200]), ("second", Eicar.Bytes)];
}
