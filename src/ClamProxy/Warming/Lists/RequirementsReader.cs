namespace ClamProxy.Warming.Lists;

/// <summary>Reads pip's requirements files with the files they include, and plain lists of URLs: a line may be either.</summary>
internal sealed class RequirementsReader(TimeProvider time)
{
    private const int MostFiles = 100;
    private const int MostEntries = 100_000;

    private static readonly string[] Includes = ["-r", "--requirement"];

    // What they say is about pip's own way of finding and building: here the index is ClamProxy's, and every file of a version counts.
    private static readonly string[] Ignored =
    [
        "-c", "--constraint", "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-index", "--no-binary", "--only-binary",
        "--prefer-binary", "--pre",
        "--trusted-host", "--use-feature", "--require-hashes",
    ];

    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly List<WarmEntry> _entries = [];

    /// <param name="text">What the file holds.</param>
    /// <exception cref="UnreadableListException">A line of it, or of a file that it includes, makes no sense, or is not pinned.</exception>
    public async Task<IReadOnlyList<WarmEntry>> ReadAsync(string path, string text, CancellationToken cancellationToken)
    {
        _read.Add(Path.GetFullPath(path));
        await AddAsync(path, text, cancellationToken);
        return [.. _entries.Distinct(WarmEntryComparer.Instance)];
    }

    private async Task AddAsync(string path, string text, CancellationToken cancellationToken)
    {
        foreach (var line in LogicalLine.Split(text))
        {
            if (line.Text.StartsWith('-'))
            {
                await AddOptionAsync(path, line, cancellationToken);
            }
            else if (RequirementLine.Parse(path, line) is { } entry)
            {
                _entries.Add(entry);
            }

            if (_entries.Count > MostEntries)
            {
                throw new UnreadableListException(path, line.Number, $"is the line after the {MostEntries}th entry: split the list");
            }
        }
    }

    private async Task AddOptionAsync(string path, LogicalLine line, CancellationToken cancellationToken)
    {
        if (Value(line.Text, Includes) is { Length: > 0 } included)
        {
            await IncludeAsync(path, line, included, cancellationToken);
        }
        else if (Value(line.Text, "-e", "--editable") is { Length: > 0 } editable)
        {
            // A folder of the project's own is not downloaded.
            if (editable.Contains("://", StringComparison.Ordinal))
            {
                _entries.Add(new UnsupportedEntry(editable, "it is not a single file that comes by HTTP"));
            }
        }
        else if (Value(line.Text, Ignored) is null)
        {
            throw new UnreadableListException(
                path,
                line.Number,
                $"'{line.Text}' is no option of a requirements file; right ones are -r other.txt and --index-url https://…");
        }
    }

    private async Task IncludeAsync(string path, LogicalLine line, string included, CancellationToken cancellationToken)
    {
        if (included.Contains("://", StringComparison.Ordinal))
        {
            throw new UnreadableListException(
                path, line.Number, $"includes {included}: only files of this machine are read, such as -r other.txt");
        }

        var file = Path.Combine(Path.GetDirectoryName(path) ?? "", included);
        if (!_read.Add(Path.GetFullPath(file)))
        {
            return;
        }

        if (_read.Count > MostFiles)
        {
            throw new UnreadableListException(
                path, line.Number, $"includes a file after the {MostFiles}th: one file with all of them is read");
        }

        await AddAsync(file, await ListFile.ReadAsync(file, time, cancellationToken), cancellationToken);
    }

    /// <returns>What stands behind one of these options, maybe nothing; null: the line begins with none of them.</returns>
    private static string? Value(string line, params ReadOnlySpan<string> options)
    {
        foreach (var option in options)
        {
            if (line == option)
            {
                return "";
            }

            // Short ones may be written together with their value: -rother.txt.
            var isShort = option.Length == 2;
            if (line.StartsWith(option, StringComparison.Ordinal) && (isShort || line[option.Length] is '=' or ' ' or '\t'))
            {
                return line[option.Length..].TrimStart(' ', '\t', '=');
            }
        }

        return null;
    }
}
