using System.Text.Json;

namespace ClamProxy.Soak.Worlds;

/// <summary>What is written down and left behind, held against what is true.</summary>
internal static class Truth
{
    private const string AllRecords =
        "local all = {} for _, key in ipairs(redis.call('KEYS', 'clamproxy:v1:*')) do " +
        "if string.find(key, ':url:') or string.find(key, ':content:') then all[#all + 1] = redis.call('GET', key) end end return "
            + "cjson.encode(all)";

    /// <summary>Records in Redis that say anything but the truth of the content they are about.</summary>
    /// <param name="truth">The verdicts of contents, by their hash.</param>
    public static async Task<IReadOnlyList<string>> UntrueRecordsAsync(World world, IReadOnlyDictionary<string, string> truth)
    {
        var json = await world.Redis.AskAsync("EVAL", AllRecords, "0") ?? "[]";
        if (json == "{}")
        {
            return [];
        }

        return
        [
            .. from record in JsonSerializer.Deserialize<string[]>(json)!
               let parsed = JsonDocument.Parse(record).RootElement
               let sha256 = parsed.GetProperty("sha256").GetString()!
               let verdict = parsed.GetProperty("verdict").GetString()
               where truth.GetValueOrDefault(sha256) is { } right && right != verdict
               select $"recorded {verdict}: {record}",
        ];
    }

    /// <summary>Records of these files alone, where there are too many to read them all.</summary>
    public static async Task<IReadOnlyList<string>> UntrueRecordsOfAsync(World world, IEnumerable<TestFile> files)
    {
        List<string> untrue = [];
        foreach (var file in files)
        {
            var record = await world.Redis.AskAsync("GET", $"clamproxy:v1:content:{file.Sha256()}");
            if (record is not null
                && JsonDocument.Parse(record).RootElement.GetProperty("verdict").GetString() != (file.IsInfected ? "infected" : "clean"))
            {
                untrue.Add($"recorded of {file.Path}: {record}");
            }
        }

        return untrue;
    }

    /// <summary>Files of spools, and of the store's half-written ones, that nobody has open any more.</summary>
    public static IReadOnlyList<string> FilesLeft(World world)
    {
        string[] folders =
        [
            Path.Combine(world.Disk.Path, "spool"), Path.Combine(world.Disk.Path, "store/spool"),
            Path.Combine(world.Disk.Path, "store/v1/temp")
        ];
        return [.. folders.Where(Directory.Exists).SelectMany(Directory.GetFileSystemEntries)];
    }
}
