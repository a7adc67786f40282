using System.Text;

namespace ClamProxy.Tests.Dashboard;

/// <summary>Asks a host for pages of its dashboard.</summary>
internal static class Dashboards
{
    public static async Task<Reply> AskAsync(
        ProxyWorld world, string path, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(path, UriKind.Relative));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await world.Management.SendAsync(request, TestContext.Current.CancellationToken);
        return await Reply.ReadAsync(response);
    }

    /// <summary>A page's markup.</summary>
    public static async Task<string> PageAsync(ProxyWorld world, string path, string language = "en")
    {
        var reply = await AskAsync(world, path, null, ("Accept-Language", language));
        Assert.Equal((200, "text/html; charset=utf-8"), (reply.Status, reply["Content-Type"]));
        return Encoding.UTF8.GetString(reply.Body);
    }

    /// <summary>A page's markup, once it has a text: what is remembered of a request comes behind its answer.</summary>
    public static async Task<string> PageWithAsync(ProxyWorld world, string path, string text)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var page = await PageAsync(world, path);
            if (page.Contains(text, StringComparison.Ordinal))
            {
                return page;
            }

            Assert.False(late.IsCancellationRequested, $"{path} never had {text}: {page}");
            await Task.Delay(10, CancellationToken.None);
        }
    }

    /// <summary>What the page Verdicts says once there were so many decisions.</summary>
    public static string Count(int decisions) => $"Decisions since this process started: {decisions}.";

    /// <summary>How many rows the tables of a page have.</summary>
    public static int Rows(string page) => page.Split("<td role=\"cell\" data-column=\"Verdict\">").Length - 1;
}
