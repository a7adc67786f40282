namespace ClamProxy.TestKit.Corpus;

/// <summary>EICAR in zips that are members of a zip, behind something else.</summary>
public static class MemberCases
{
    public static IEnumerable<CorpusCase> All() =>
        from prefix in ZipCases.Prefixes
        from counts in new[] { false, true }
        from descriptors in new[] { false, true }
        from method in new ushort[] { 0, 8 }
        let zip = new RawZip { Prefix = prefix.Bytes, CountsPrefix = counts, HasDescriptors = descriptors }
        let inner = zip.Build(("first", new byte[200]), ("second", Eicar.Bytes))
        select new CorpusCase(
            $"zip behind {prefix.Name}{(counts ? ", offsets count it" : "")}{(descriptors ? ", with descriptors" : "")}, in a zip of "
                + $"method {method}",
            new RawZip { Method = method }.Build(("first", [1, 2, 3]), ("tool.pyz", inner)));
}
