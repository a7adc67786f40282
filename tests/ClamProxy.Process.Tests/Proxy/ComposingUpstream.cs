using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>
/// An upstream that gives a clean file, then, once, an infected one of the same length and tag, whose last byte is long in coming, then the
/// clean one again: whoever passes bytes on before it has seen all of them lets a client that resumes compose the infected file.
/// </summary>
internal sealed class ComposingUpstream : IAsyncDisposable
{
    public const string Path = "/file";
    public const int Length = 10 << 20;
    private const int EicarAt = 4096;

    private readonly FakeOrigin _origin;
    private int _asked;

    private ComposingUpstream(FakeOrigin origin, string marker)
    {
        _origin = origin;
        Clean = Script("true");
        Infected = Script($"touch {marker}");
        Eicar.Bytes.CopyTo(Infected, EicarAt);
        origin.On(Path, AnswerAsync);
    }

    public string Url => _origin.Url;

    /// <summary>A shell script of one command and many comments.</summary>
    public byte[] Clean { get; }

    /// <summary>The same with a command that leaves a mark.</summary>
    public byte[] Infected { get; }

    /// <param name="marker">The file that the infected script makes.</param>
    public static async Task<ComposingUpstream> StartAsync(string marker) =>
        new(await FakeOrigin.StartAsync(), marker);

    public ValueTask DisposeAsync() => _origin.DisposeAsync();

    private static byte[] Script(string command)
    {
        var script = new byte[Length];
        Array.Fill(script, (byte)'#');
        Encoding.ASCII.GetBytes($"#!/bin/sh\n{command}\n#").CopyTo(script, 0);
        script[^1] = (byte)'\n';
        return script;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var isInfected = Interlocked.Increment(ref _asked) == 2;
        var response = context.Response;
        response.Headers.ETag = "\"v1\"";
        response.ContentLength = Length;
        if (isInfected)
        {
            await response.Body.WriteAsync(Infected.AsMemory(..^1), context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(TimeSpan.FromSeconds(2), context.RequestAborted);
            await response.Body.WriteAsync(Infected.AsMemory(^1..), context.RequestAborted);
            return;
        }

        await response.Body.WriteAsync(Clean, context.RequestAborted);
    }
}
