using ClamProxy.TestKit;
using ClamProxy.Warming;
using ClamProxy.Warming.Lists;

namespace ClamProxy.Tests.Warming.Lists;

public sealed class RequirementsReaderTests
{
    private static readonly string One = new('a', 64);
    private static readonly string Two = new('b', 64);

    [Fact]
    public async Task LinesOfPipCompile_AreReadWithTheirHashes()
    {
        var entries = await Reading.ReadAsync($"""
            #
            # made by pip-compile
            --index-url https://example.org/simple
            requests[socks]==2.32.3 ; python_version >= "3.8" \
                --hash=sha256:{One} \
                --hash=sha256:{Two}
                # via -r in.txt
            Zope.Interface == 6.0
            old (==1.0)
            """);

        Assert.Equal(["requests==2.32.3", "Zope.Interface==6.0", "old==1.0"], entries.Select(entry => entry.Name));
        Assert.Equal([One, Two], Assert.IsType<PythonRequirement>(entries[0]).Digests.Select(digest => digest.Hex));
        Assert.Empty(Assert.IsType<PythonRequirement>(entries[1]).Digests);
    }

    [Fact]
    public async Task Urls_AreFilesByteForByteWithTheHashOfTheirFragment()
    {
        var entries = await Reading.ReadAsync($"""
            # a plain list
            https://files.example.org/a%2Fb/x+y.tar.gz?q=%20
            other @ https://files.example.org/other-1.0.whl#sha256={One}&egg=other ; python_version > "3"
            """);

        Assert.Equal(
            ["https://files.example.org/a%2Fb/x+y.tar.gz?q=%20", "https://files.example.org/other-1.0.whl"],
            entries.Select(entry => Assert.IsType<WarmFile>(entry).Location));
        Assert.Equal(One, Assert.Single(Assert.IsType<WarmFile>(entries[1]).Digests).Hex);
        Assert.Equal("https://files.example.org/a%2Fb/x+y.tar.gz", entries[0].Name);
    }

    [Fact]
    public async Task IncludedFiles_AreReadOnceEvenInACircle()
    {
        var entries = await Reading.ReadAsync("-r more.txt\na==1\n", ("more.txt", "--requirement=list\n-rlist\nb==2\n"));
        Assert.Equal(["b==2", "a==1"], entries.Select(entry => entry.Name));
    }

    [Fact]
    public async Task WhatPipDoesNotDownload_IsLeftOut() =>
        Assert.Empty(await Reading.ReadAsync("-e .\n./here\nwheel/x-1.0-py3-none-any.whl\nfile:///tmp/x.whl\n-c constraints.txt\n\n"));

    [Theory]
    [InlineData("git+https://example.org/x.git@v1#egg=x")]
    [InlineData("-e git+https://example.org/x.git#egg=x")]
    [InlineData("x @ git+ssh://example.org/x.git")]
    public async Task WhatDoesNotComeByHttp_IsToldOf(string line) =>
        Assert.IsType<UnsupportedEntry>(Assert.Single(await Reading.ReadAsync(line)));

    [Theory]
    [InlineData("a==1\nrequests>=2.0\n", "list:2: 'requests>=2.0' is not pinned")]
    [InlineData("\n\nrequests\n", "list:3: 'requests' is not pinned")]
    [InlineData("requests==2.*\n", "list:1: 'requests==2.*' is not pinned")]
    [InlineData("a==1 \\\n  --hash=sha256:abc\n", "list:1: '--hash=sha256:abc' is no hash")]
    [InlineData("a==1 --hash=sha512\n", "list:1: '--hash=sha512' is no hash")]
    [InlineData("--no-such-option\n", "list:1: '--no-such-option' is no option")]
    [InlineData("-r https://example.org/r.txt\n", "list:1: includes https://example.org/r.txt")]
    [InlineData("https://user:secret@example.org/x\n", "list:1: The upstream URL carries user-info")]
    [InlineData("<html>\n", "list:1: '<html>' is not pinned")]
    public async Task LineThatMakesNoSense_StopsItWithItsNumber(string text, string problem) =>
        Assert.StartsWith(problem, await Reading.ProblemAsync(text), StringComparison.Ordinal);

    [Fact]
    public async Task ControlCharacters_DoNotReachTheMessage()
    {
        var problem = await Reading.ProblemAsync("\u001b[2Jx\u0007\u202e\n");
        Assert.DoesNotContain(problem, character => character is < ' ' or > '~');
    }

    [Fact]
    public async Task FileThatIsNotThere_IsNamed()
    {
        using var folder = new TempFolder();
        var problem = await Assert.ThrowsAsync<UnreadableListException>(
            () => new ListReader(TimeProvider.System).ReadAsync(folder.File("none"), CancellationToken.None));
        Assert.StartsWith($"{folder.File("none")}: cannot be read: Could not find file", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeviceWithoutAnEnd_IsRefusedInBoundedMemory()
    {
        var problem = await Assert.ThrowsAsync<UnreadableListException>(
            () => new ListReader(TimeProvider.System).ReadAsync("/dev/zero", CancellationToken.None));
        Assert.Contains("is larger than 64 MiB", problem.Message, StringComparison.Ordinal);
    }
}
