using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ClamProxy.Tests.Recalling;

/// <summary>Asks a host who took a content.</summary>
internal static class Recalls
{
    public static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public static async Task<Reply> PostAsync(ProxyWorld world, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await world.Management.PostAsync(new Uri("/recall", UriKind.Relative), content);
        return await Reply.ReadAsync(answer);
    }

    /// <summary>The rows of a content, once there are so many: a row comes behind its answer.</summary>
    public static async Task<IReadOnlyList<JsonElement>> RowsAsync(ProxyWorld world, byte[] content, int count)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var reply = await PostAsync(world, $"{{\"sha256\": \"{Hash(content)}\"}}");
            Assert.Equal(200, reply.Status);
            var rows = JsonSerializer.Deserialize<JsonElement>(reply.Body).GetProperty("takers").EnumerateArray().ToList();
            if (rows.Sum(row => row.GetProperty("times").GetInt32()) >= count)
            {
                Assert.Equal(count, rows.Sum(row => row.GetProperty("times").GetInt32()));
                return rows;
            }

            await Task.Delay(10, late.Token);
        }
    }

    /// <summary>The only row.</summary>
    public static async Task<string> RowAsync(ProxyWorld world, byte[] content, int times = 1)
    {
        var row = Assert.Single(await RowsAsync(world, content, times));
        return string.Join(' ', new[] { "client", "user", "door", "verdict", "url", "times", "bytes" }.Select(
            name => row.GetProperty(name).ToString() is { Length: > 0 } text ? text : "-"));
    }
}
