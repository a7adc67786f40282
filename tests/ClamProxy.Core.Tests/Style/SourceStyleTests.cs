using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Style;

/// <summary>What the compiler and .editorconfig do not check of this repository's C#.</summary>
public sealed class SourceStyleTests
{
    private const int MostColumns = 140;
    private const string RawString = "\"\"\"";

    private static readonly string[] Roots = ["src", "tests", "fuzz"];

    [Fact]
    public void Lines_HaveAtMost140Columns()
    {
        var files = Sources(Roots).ToList();

        var longLines = files.SelectMany(file => LongLines(file, File.ReadLines(Repository.File(file)))).ToList();

        Assert.NotEmpty(files);
        Assert.True(longLines.Count == 0, $"longer than {MostColumns} columns:\n{string.Join('\n', longLines)}");
    }

    [Theory]
    [InlineData(140, "x", 0)]
    [InlineData(141, "x", 1)]
    [InlineData(141, "\"\"\"", 0)]
    public void LongLine_IsFoundOutsideRawStringsOnly(int length, string begins, int found)
    {
        string[] lines = [begins + new string('x', length - begins.Length), begins];

        Assert.Equal(found, LongLines("file", lines).Count());
    }

    [Fact]
    public void LineInsideARawString_MayBeLong() =>
        Assert.Equal(["file:4"], LongLines("file", ["x = \"\"\"", new string('x', 200), "\"\"\";", new string('x', 200)]));

    /// <summary>The core's library awaits so everywhere (CA2007); a host without a synchronization context gains nothing by it.</summary>
    [Fact]
    public void HostAndTests_AwaitWithoutConfigureAwaitFalse()
    {
        var call = string.Concat(".ConfigureAwait(", "false)");

        Assert.DoesNotContain(
            Sources(["src/ClamProxy", "tests", "fuzz"]),
            file => File.ReadAllText(Repository.File(file)).Contains(call, StringComparison.Ordinal));
    }

    /// <summary>A raw string is another language's text, and breaking it would change it.</summary>
    private static IEnumerable<string> LongLines(string file, IEnumerable<string> lines)
    {
        var (number, isInside) = (0, false);
        foreach (var line in lines)
        {
            number++;
            var marks = line.Split(RawString).Length - 1;
            if (line.Length > MostColumns && !isInside && marks == 0)
            {
                yield return $"{file}:{number}";
            }

            isInside ^= marks % 2 == 1;
        }
    }

    private static IEnumerable<string> Sources(IEnumerable<string> folders) =>
        from folder in folders
        from path in Directory.EnumerateFiles(Repository.File(folder), "*.cs", SearchOption.AllDirectories)
        let file = Path.GetRelativePath(Repository.File("."), path)
        where !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
        select file;
}
