using System.Net;
using System.Text;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary><c>POST /events</c>: what senders may do, and what they are told.</summary>
[Collection<EventTurns>]
public sealed class EventDoorTests(EventWorld world)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Event => EventForms.Amazon("2.1", world.Rig.Untrusted, "webhook/none", null);

    [Fact]
    public async Task Head_IsAnsweredWithoutAToken()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri("/events", UriKind.Relative));
        using var answer = await world.Api.SendAsync(request, Cancelled);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("", 401)]
    [InlineData("Bearer wrong-token-of-thirty-letters-x", 403)]
    [InlineData("Digest " + EventWorld.Token, 403)]
    [InlineData("Bearer " + EventWorld.Token, 202)]
    [InlineData("bearer " + EventWorld.Token, 202)]
    [InlineData(EventWorld.Token, 202)]
    [InlineData(EventWorld.Token + "x", 403)]
    public async Task Token_IsNeededAndIsTheFlows(string? authorization, int status)
    {
        using var answer = await world.PostAsync(Event, authorization);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 401, answer.Headers.WwwAuthenticate.Count > 0);
        Assert.DoesNotContain(EventWorld.Token, await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/events/webhook", 202)]
    [InlineData("/events/sqs", 403)]
    [InlineData("/events/nobody", 403)]
    public async Task PathOfAFlow_TakesThatFlowsTokenAlone(string path, int status)
    {
        var password = Convert.ToBase64String(Encoding.ASCII.GetBytes($"ceph:{EventWorld.Token}"));
        using var answer = await world.PostAsync(Event, $"Basic {password}", path);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task WhatIsNoEventOfTheFlow_IsRefusedAndATestIsTaken()
    {
        Assert.Equal(400, await StatusAsync("no JSON"));
        Assert.Equal(400, await StatusAsync("{}"));
        Assert.Equal(400, await StatusAsync(EventForms.Amazon("2.1", "somebody-elses", "webhook/none", null)));
        Assert.Equal(413, await StatusAsync(new string(' ', 70_000) + Event));
        Assert.Equal(204, await StatusAsync(EventForms.Test));
    }

    private async Task<int> StatusAsync(string body)
    {
        using var answer = await world.PostAsync(body);
        return (int)answer.StatusCode;
    }
}
