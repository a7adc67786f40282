using ClamProxy.Commands;
using ClamProxy.Scans;

namespace ClamProxy.Tests.Scans;

public sealed class ScanArgumentsTests
{
    [Fact]
    public void TargetsAlone_AreScannedHere()
    {
        var (arguments, _) = Parse("a", "-", "https://example.org/b");
        Assert.Equal(["a", "-", "https://example.org/b"], arguments!.Targets);
        Assert.Equal(
            (null, false, 4, TimeSpan.FromMinutes(10)), (arguments.Server, arguments.IsJson, arguments.Concurrency, arguments.Timeout));
    }

    [Fact]
    public void Options_AreTaken()
    {
        var (arguments, _) = Parse("--server", "http://ci:secret@10.0.0.1:8000/", "--json", "f", "--concurrency=2", "--timeout", "30s");
        Assert.Equal(
            ("http://10.0.0.1:8000", true, 2, TimeSpan.FromSeconds(30)),
            (arguments!.Server!.Text, arguments.IsJson, arguments.Concurrency, arguments.Timeout));
        Assert.DoesNotContain("secret", $"{arguments}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "name a FILE")]
    [InlineData("--json", "name a FILE")]
    [InlineData("- -", "standard input")]
    [InlineData("a --concurrency 65", "--concurrency takes")]
    [InlineData("a --timeout 2d", "--timeout takes")]
    [InlineData("a --server localhost:8000", "--server takes")]
    [InlineData("a --no-such", "--no-such")]
    public void WrongArguments_EndWithOneLine(string line, string told)
    {
        using var error = new StringWriter();
        var (arguments, exitCode) = ScanArguments.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries), TextWriter.Null, error);
        Assert.Null(arguments);
        Assert.Equal(CommandExit.Usage, exitCode);
        Assert.Contains(told, Assert.Single(error.ToString().TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void Help_SaysWhatThereIsAndEndsWell()
    {
        using var output = new StringWriter();
        var (arguments, exitCode) = ScanArguments.Parse(["--help"], output, TextWriter.Null);
        Assert.Equal((null, 0), (arguments, exitCode));
        Assert.All(
            ["FILE", "--server", "--json", "--concurrency", "--timeout", "CLAMD_HOSTS"],
            told => Assert.Contains(told, output.ToString(), StringComparison.Ordinal));
    }

    private static (ScanArguments? Arguments, int ExitCode) Parse(params string[] arguments) =>
        ScanArguments.Parse(arguments, TextWriter.Null, TextWriter.Null);
}
