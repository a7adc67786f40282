using ClamProxy.Commands;
using ClamProxy.Warming;

namespace ClamProxy.Tests.Warming;

public sealed class WarmArgumentsTests
{
    [Fact]
    public void FileAlone_HasTheUsualRest()
    {
        var (arguments, _) = Parse("list.txt");
        Assert.Equal(
            ("list.txt", "http://127.0.0.1:8080", 4, TimeSpan.FromMinutes(10)),
            (arguments!.File, arguments.Via.Text, arguments.Concurrency, arguments.Timeout));
    }

    [Fact]
    public void Options_AreTakenInAnyOrder()
    {
        var (arguments, _) = Parse("--timeout", "90s", "list.txt", "--concurrency=8", "--via", "https://user:secret@clam.example.org/ci/");
        Assert.Equal(
            ("https://clam.example.org/ci", 8, TimeSpan.FromSeconds(90)), (arguments!.Via.Text, arguments.Concurrency, arguments.Timeout));
        Assert.Equal("Basic dXNlcjpzZWNyZXQ=", arguments.Via.Credential);
        Assert.DoesNotContain("secret", $"{arguments.Via}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "FILE")]
    [InlineData("a b", "b")]
    [InlineData("a --concurrency 0", "--concurrency takes")]
    [InlineData("a --concurrency many", "--concurrency takes")]
    [InlineData("a --timeout 0", "--timeout takes")]
    [InlineData("a --via ftp://x", "--via takes")]
    [InlineData("a --via http://x/?q", "--via takes")]
    [InlineData("a --no-such", "--no-such")]
    public void WrongArguments_EndWithOneLine(string line, string told)
    {
        using var error = new StringWriter();
        var (arguments, exitCode) = WarmArguments.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries), "http://127.0.0.1:8080", TextWriter.Null, error);
        Assert.Null(arguments);
        Assert.Equal(CommandExit.Usage, exitCode);
        Assert.Contains(told, Assert.Single(error.ToString().TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void Help_SaysWhatThereIsAndEndsWell()
    {
        using var output = new StringWriter();
        var (arguments, exitCode) = WarmArguments.Parse(["--help"], "http://127.0.0.1:9000", output, TextWriter.Null);
        Assert.Equal((null, 0), (arguments, exitCode));
        Assert.All(
            ["FILE", "--via", "--concurrency", "--timeout", "http://127.0.0.1:9000"],
            told => Assert.Contains(told, output.ToString(), StringComparison.Ordinal));
    }

    private static (WarmArguments? Arguments, int ExitCode) Parse(params string[] arguments) =>
        WarmArguments.Parse(arguments, "http://127.0.0.1:8080", TextWriter.Null, TextWriter.Null);
}
