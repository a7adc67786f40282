using ClamProxy.TestKit;
using ClamProxy.Warming;
using ClamProxy.Warming.Lists;

namespace ClamProxy.Tests.Warming.Lists;

/// <summary>Reads a list from a file of a folder of its own.</summary>
internal static class Reading
{
    public static async Task<IReadOnlyList<WarmEntry>> ReadAsync(string text, params (string Name, string Text)[] others)
    {
        using var folder = new TempFolder();
        foreach (var (name, content) in others)
        {
            await File.WriteAllTextAsync(folder.File(name), content);
        }

        await File.WriteAllTextAsync(folder.File("list"), text);
        return await new ListReader(TimeProvider.System).ReadAsync(folder.File("list"), TestContext.Current.CancellationToken);
    }

    /// <returns>What is wrong with it, behind the file's name.</returns>
    public static async Task<string> ProblemAsync(string text, params (string Name, string Text)[] others)
    {
        var message = (await Assert.ThrowsAsync<UnreadableListException>(() => ReadAsync(text, others))).Message;
        return message[(message.IndexOf("/list", StringComparison.Ordinal) + 1)..];
    }
}
