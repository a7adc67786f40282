using ClamProxy.Scans;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Scans;

public sealed class ScanTargetsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folder_IsWalkedByNameWithHiddenFilesAndWithoutLinks()
    {
        foreach (var name in (string[])["b", "a", ".hidden", "inner/c", "inner/deep/d"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
            File.WriteAllText(_folder.File(name), name);
        }

        File.CreateSymbolicLink(_folder.File("link"), "/etc/passwd");
        Directory.CreateSymbolicLink(_folder.File("loop"), _folder.Path);

        Assert.Equal([".hidden", "a", "b", "inner/c", "inner/deep/d"], Names(_folder.Path));
    }

    [Fact]
    public void EmptyFolder_HasNothing() => Assert.Empty(ScanTargets.Find([_folder.Path]));

    [Fact]
    public void WhatIsNoFolder_IsAFileAlsoWhereItIsMissing() =>
        Assert.Equal(new ScanTarget.File("/nowhere/x"), Assert.Single(ScanTargets.Find(["/nowhere/x"])));

    [Fact]
    public void FolderThatVanishes_IsToldAndTheRestIsFound()
    {
        Directory.CreateDirectory(_folder.File("gone"));
        Directory.CreateDirectory(_folder.File("stays"));
        File.WriteAllText(_folder.File("stays/x"), "x");
        File.WriteAllText(_folder.File("first"), "x");
        var found = new List<ScanTarget>();
        foreach (var target in ScanTargets.Find([_folder.Path]))
        {
            found.Add(target);
            if (found.Count == 1)
            {
                Directory.Delete(_folder.File("gone"));
            }
        }

        Assert.Equal(
            [typeof(ScanTarget.File), typeof(ScanTarget.Unreadable), typeof(ScanTarget.File)], found.Select(one => one.GetType()));
        Assert.Equal(_folder.File("gone"), found[1].Name);
    }

    [Fact]
    public void Url_IsNamedWithoutItsQuery() =>
        Assert.Equal(
            "https://example.org/a",
            Assert.IsType<ScanTarget.Web>(Assert.Single(ScanTargets.Find(["https://example.org/a?token=s"]))).Name);

    [Fact]
    public void WrongUrl_IsToldAndKeepsItsQueryToItself()
    {
        var wrong = Assert.IsType<ScanTarget.Unreadable>(Assert.Single(ScanTargets.Find(["https://?token=secret"])));
        Assert.DoesNotContain("secret", $"{wrong}", StringComparison.Ordinal);
    }

    private IEnumerable<string> Names(string folder) =>
        ScanTargets.Find([folder]).Select(target => Path.GetRelativePath(_folder.Path, target.Name));
}
