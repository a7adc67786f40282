using ClamProxy.Commands;

namespace ClamProxy.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("", "Serve")]
    [InlineData("--PORT=9000", "Serve")]
    [InlineData("--PORT 9000 --ClamProxy:Listen:Address localhost", "Serve")]
    [InlineData("/PORT=9000 PRESETS=pypi", "Serve")]
    [InlineData("clients --PRESETS=pypi", "Clients")]
    [InlineData("warm --help", "Warm")]
    [InlineData("warm any thing", "Warm")]
    [InlineData("help", "Help")]
    [InlineData("--help", "Help")]
    [InlineData("-h", "Help")]
    [InlineData("clients --help", "Help")]
    [InlineData("--PORT=1 --version", "Version")]
    [InlineData("version", "Version")]
    public void Arguments_SayWhatToDo(string line, string command) => Assert.Equal((command, null), Read(line));

    [Theory]
    [InlineData("wram", "no such command: wram; did you mean warm?")]
    [InlineData("client --PRESETS=pypi", "no such command: client; did you mean clients?")]
    [InlineData("clients pypi", "no such command: pypi")]
    [InlineData("--PORT=1 warm", "the command has to come first: warm")]
    [InlineData("--hlep", "no such option, or one without a value: --hlep; did you mean --help?")]
    [InlineData("--hepl x", "no such option, or one without a value: --hepl; did you mean --help?")]
    [InlineData("--PORT", "no such option, or one without a value: --PORT")]
    [InlineData("-p=80", "no such option, or one without a value: -p=80")]
    [InlineData("a\nb", "no such command: a\\u000ab")]
    public void WhatThereIsNot_IsRefusedWithASuggestion(string line, string problem) =>
        Assert.Equal(("None", problem), Read(line));

    [Fact]
    public void Refusal_IsOneLineAndExitCode64()
    {
        using var error = new StringWriter { NewLine = "\n" };

        Assert.Equal(64, HelpCommand.Wrong("no such command: wram", error));
        Assert.Equal("clamproxy: no such command: wram (clamproxy --help lists what there is)\n", error.ToString());
    }

    [Fact]
    public void Version_IsANumber()
    {
        using var output = new StringWriter { NewLine = "\n" };

        Assert.Equal(0, HelpCommand.Version(output));
        Assert.Matches("^clamproxy [0-9]+\\.[0-9]+\\.[0-9]+\n$", output.ToString());
    }

    private static (string, string?) Read(string line)
    {
        var read = CommandLine.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return ($"{read.Command}", read.Problem);
    }
}
