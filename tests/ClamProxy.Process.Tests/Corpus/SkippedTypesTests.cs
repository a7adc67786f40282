using System.Text.RegularExpressions;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Archives.Tar;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Process.Tests.Corpus;

/// <summary>Files of which clamd, going by their first bytes, does not look at the bytes themselves.</summary>
public sealed partial class SkippedTypesTests(ITestOutputHelper output)
{
    private const int Patience = 120_000;

    [Fact(Timeout = Patience)]
    public async Task WhatClamdPassesOver_IsScannedAllTheSame()
    {
        await using var world = await CorpusWorld.StartWithSignatureAnywhereAsync();
        var infected = await world.RunAsync([.. PassedOverCases.Infected()]);
        var clean = await world.RunAsync([.. PassedOverCases.Clean()]);
        output.WriteLine($"infected: {infected}; clean: {clean}");
        Assert.Empty(infected.Except(409));
        Assert.Empty(clean.Except(200, 206));
    }

    /// <summary>A newer clamd may pass over more than we know of.</summary>
    [Fact]
    public void EveryTypeThatTheInstalledClamdIgnores_IsKnown()
    {
        var types = InstalledTypes();
        Assert.True(types.Count > 20);
        Assert.All(types, type => Assert.True(SkippedTypes.Begins(Example(type.Pattern)), type.Name));
    }

    /// <summary>What it takes for something else than a tar is scanned behind a front of ours.</summary>
    [Fact]
    public void EveryMarkThatTheInstalledClamdLooksFor_IsKnownAtATarsBeginning()
    {
        var marks = MarkLine().Matches(InstalledText()).Select(line => line.Groups["mark"].Value).Where(mark => mark.Length >= 4).ToList();
        Assert.True(marks.Count > 100);
        Assert.All(
            marks,
            mark =>
                Assert.True(
                    TarBeginning.MayBeSomethingElse(
                        [.. Convert.FromHexString(mark[..(mark.Length & ~1)]), .. new byte[TarFormat.BlockLength]]),
                    mark));
    }

    /// <summary>The built-in lines "kind:offset:pattern:name:old type:type" of libclamav whose bytes are not matched.</summary>
    private static List<(string Name, string Pattern)> InstalledTypes() =>
        [.. TypeLine().Matches(InstalledText()).Select(line => (line.Value, line.Groups["pattern"].Value))];

    private static string InstalledText() =>
        System.Text.Encoding.Latin1.GetString(
            File.ReadAllBytes(Directory.EnumerateFiles("/usr/lib", "libclamav.so.*", SearchOption.AllDirectories).First()));

    private static byte[] Example(string pattern) =>
        Convert.FromHexString(Alternatives().Replace(pattern.Replace("*", "", StringComparison.Ordinal), "$1"));

    [GeneratedRegex(@"[01]:[0-9,*]+:(?<pattern>[0-9a-f*()|]+):[^:\0]+:CL_TYPE_ANY:CL_TYPE_(IGNORED|HTML)\b")]
    private static partial Regex TypeLine();

    [GeneratedRegex("0:0:(?<mark>[0-9a-f]+)[^:]*:[^:]+:CL_TYPE_[A-Z0-9_]+:CL_TYPE_")]
    private static partial Regex MarkLine();

    [GeneratedRegex(@"\(([0-9a-f]+)\|[^)]*\)")]
    private static partial Regex Alternatives();
}
