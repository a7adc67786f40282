using System.Reflection;
using ClamProxy.Core.Scanning;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Tests.Configuration;

/// <summary>Operators filter logs by event ids: each stands for one message (docs/development/log-events.md has the ranges).</summary>
public sealed class EventIdTests
{
    private const BindingFlags Declared = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    [Fact]
    public void EventId_IsOfOneMessage()
    {
        var messages = new[] { typeof(ContentScanner).Assembly, typeof(ProxyApplication).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(Declared))
            .Select(method => (Method: method, Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(one => one.Message is not null)
            .ToList();

        var twice = messages.GroupBy(one => one.Message!.EventId).Where(same => same.Count() > 1)
            .Select(same => $"{same.Key}: {string.Join(", ", same.Select(one => $"{one.Method.DeclaringType!.Name}.{one.Method.Name}"))}");

        Assert.NotEmpty(messages);
        Assert.Empty(twice);
        Assert.All(messages, one => Assert.True(one.Message!.EventId > 0, one.Method.Name));
    }
}
