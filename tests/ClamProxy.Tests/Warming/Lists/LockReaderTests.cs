using ClamProxy.Warming;

namespace ClamProxy.Tests.Warming.Lists;

public sealed class LockReaderTests
{
    private static readonly string Sha512 = Convert.ToBase64String(new byte[64]);

    [Fact]
    public async Task NpmTarballs_AreAskedForAtTheRouteWhateverTheirRegistry()
    {
        var entries = await Reading.ReadAsync($$"""
            { "name": "app", "lockfileVersion": 3, "packages": {
              "": { "name": "app", "dependencies": { "a": "1" } },
              "packages/own": { "version": "1.0.0" },
              "node_modules/own": { "resolved": "packages/own", "link": true },
              "node_modules/a": { "version": "1.0.0", "resolved": "https://npm.example.org/a/-/a-1.0.0.tgz", "integrity": "sha512-{{Sha512}}" },
              "node_modules/b/node_modules/a": { "version": "1.0.0", "resolved": "https://npm.example.org/a/-/a-1.0.0.tgz", "integrity": "sha512-{{Sha512}}" },
              "node_modules/@s/b": { "version": "2.0.0", "resolved": "https://nexus.example.org/repository/npm-all/@s/b/-/b-2.0.0.tgz", "integrity": "sha1-{{Convert.ToBase64String(new byte[20])}} sha512-{{Sha512}}" },
              "node_modules/npm": { "version": "9.0.0", "resolved": "https://npm.example.org/npm/-/npm-9.0.0.tgz" },
              "node_modules/alias": { "name": "real", "version": "3.0.0", "resolved": "http://clam:8080/npm/real/-/real-3.0.0.tgz" },
              "node_modules/other": { "version": "4.0.0", "resolved": "http://clam:8080/npm-files/o/other.tgz" },
              "node_modules/direct": { "version": "5.0.0", "resolved": "https://files.example.org/direct.tgz" },
              "node_modules/inside": { "version": "6.0.0", "inBundle": true },
              "node_modules/local": { "version": "7.0.0", "resolved": "file:local.tgz" } } }
            """);

        Assert.Equal(
            [
                "/npm/a/-/a-1.0.0.tgz",
                "/npm/@s/b/-/b-2.0.0.tgz",
                "/npm/npm/-/npm-9.0.0.tgz",
                "/npm/real/-/real-3.0.0.tgz",
                "/npm-files/o/other.tgz",
                "https://files.example.org/direct.tgz"],
            entries.Select(entry => Assert.IsType<WarmFile>(entry).Location));
        Assert.Equal(["a 1.0.0", "@s/b 2.0.0"], entries.Take(2).Select(entry => entry.Name));
        Assert.All(entries.Take(2), entry => Assert.Equal(DigestAlgorithm.Sha512, Assert.Single(((WarmFile)entry).Digests).Algorithm));
    }

    [Theory]
    [InlineData("git+ssh://git@github.com/a/a.git#0123")]
    [InlineData("ftp://example.org/a.tgz")]
    public async Task NpmPackageThatDoesNotComeByHttp_IsToldOf(string resolved) =>
        Assert.IsType<UnsupportedEntry>(
            Assert.Single(
                await Reading.ReadAsync(
                    $$"""{ "lockfileVersion": 3, "packages": { "node_modules/a": { "version": "1", "resolved": "{{resolved}}" } } }""")));

    [Fact]
    public async Task NuGetPackages_AreInTheFlatContainer()
    {
        var entries = await Reading.ReadAsync($$"""
            { "version": 1, "dependencies": {
              "net10.0": {
                "Polly.Core": { "type": "Direct", "requested": "[8.9.1, )", "resolved": "8.9.1", "contentHash": "{{Sha512}}" },
                "Own": { "type": "Project" } },
              "net9.0": { "Polly.Core": { "type": "Transitive", "resolved": "8.9.1", "contentHash": "{{Sha512}}" },
                "X": { "type": "Transitive", "resolved": "1.0.0-RC.1" } } } }
            """);

        Assert.Equal(
            ["/nuget/v3-flatcontainer/polly.core/8.9.1/polly.core.8.9.1.nupkg", "/nuget/v3-flatcontainer/x/1.0.0-rc.1/x.1.0.0-rc.1.nupkg"],
            entries.Select(entry => Assert.IsType<WarmFile>(entry).Location));
        Assert.All(entries, entry => Assert.True(((WarmFile)entry).IsNuGetPackage));
    }

    [Theory]
    [InlineData("{\n\"lockfileVersion\": 3,\n\"packages\": {", "list:3: is not JSON")]
    [InlineData("{}", "list: is JSON, but neither")]
    [InlineData("""{ "lockfileVersion": 1, "dependencies": {} }""", "list: has no \"packages\"")]
    [InlineData("""{ "lockfileVersion": 3, "packages": [] }""", "list: has no \"packages\"")]
    [InlineData(
        """{ "lockfileVersion": 3, "packages": { "node_modules/a": { "resolved": "https://r/a/-/a.tgz", "integrity": "sha512-zz" } } }""",
        "list: the \"integrity\" of a is 'sha512-zz'")]
    [InlineData(
        """{ "lockfileVersion": 3, "packages": { "node_modules/a": { "resolved": "https://user:secret@r/a.tgz" } } }""",
        "list: the \"resolved\" of a: The upstream URL carries user-info")]
    [InlineData("""{ "version": 1, "dependencies": { "net10.0": { "../../x": { "resolved": "1.0" } } } }""", "list: the package '../../x'")]
    [InlineData("""{ "version": 1, "dependencies": { "net10.0": { "x": { "resolved": ".." } } } }""", "list: the package 'x'")]
    [InlineData(
        """{ "version": 1, "dependencies": { "net10.0": { "x": { "resolved": "1", "contentHash": "?" } } } }""",
        "list: the \"contentHash\" of x")]
    public async Task LockFileThatMakesNoSense_StopsItWithWhatIsWrong(string text, string problem) =>
        Assert.StartsWith(problem, await Reading.ProblemAsync(text), StringComparison.Ordinal);

    [Fact]
    public async Task JsonNestedWithoutEnd_IsRefused() =>
        Assert.Contains(
            "is not JSON", await Reading.ProblemAsync("{\"lockfileVersion\":" + new string('[', 100_000)), StringComparison.Ordinal);

    [Theory]
    [InlineData(
        """{ "lockfileVersion": 3, "packages": { "node_modules/a": null, "node_modules/b": 3, "node_modules/c": { "resolved": 7 } } }""")]
    [InlineData("""{ "lockfileVersion": 3, "packages": { "node_modules/": { "resolved": "git:x" } } }""")]
    public async Task EntriesOfOtherTypes_AreNotTakenForClean(string text) =>
        Assert.All(await Reading.ReadAsync(text), entry => Assert.IsType<UnsupportedEntry>(entry));
}
