using Sallyport.Admitting;
using Sallyport.Detecting;
using Sallyport.Forwarding;
using Sallyport.Listening;
using Sallyport.Transport;

namespace Sallyport;

/// <summary>
/// The path of one connection: listen → detect → admit → route → dial → forward | tunnel → report. Every choice of protocol is made here.
/// </summary>
/// <remarks>
/// The exchanges of a connection are one asynchronous method on purpose: what it awaits directly costs no memory per request, and a nested method would. The steps
/// between the awaits are <see cref="HttpExchange"/>'s; each one notes a refusal instead of throwing, and the steps after it let it pass.
/// </remarks>
internal sealed partial class ConnectionPath(RelayLoop loop, TransportSocket client, ListenerRole role)
{
    private readonly InputBuffer _input = new();
    private HttpExchange? _exchange;

    /// <summary>The client's side.</summary>
    public TransportSocket Client => client;

    /// <summary>Runs the connection from its first byte to its last. Never throws: what goes wrong in here ends this connection alone.</summary>
    public async Task RunAsync()
    {
        _input.Attach(client.Loop);
        try
        {
            switch (role is ListenerRole.Forward ? Detection.Opaque : await DetectAsync())
            {
                case Detection.Http1:
                    await RunHttpAsync();
                    break;
                case Detection.Opaque:
                    await TunnelForwardAsync(((ListenerRole.Forward)role).Destination);
                    break;
                case var other:
                    await RefuseProtocolAsync(other);
                    break;
            }
        }
        catch (Exception bug)
        {
            loop.Log.Say($"internal-error: {bug}");
            client.Abort();
        }
        finally
        {
            EndExchange();
            _input.Release();
            client.Close();
            loop.Leave(this);
        }
    }

    private async Task RunHttpAsync()
    {
        while (!_input.IsEmpty || (await client.ReadableAsync(loop.Settings.Timeouts.Idle)).IsOk)
        {
            // Listen: the head, within its time. An idle connection held no buffer until now.
            var exchange = BeginExchange();
            while (exchange.ReadRequestHead() is HeadStep.NeedMore)
                if (!exchange.Heard(await client.ReceiveAsync(_input.Room(), exchange.HeadTimeLeft))) break;
            if (exchange.IsSilent) return;

            // Admit and route.
            if (exchange.Admit() == AdmissionKind.NeedsAddresses) exchange.AdmitResolved(await loop.Resolver.ResolveAsync(exchange.Destination.Host));

            if (exchange.IsConnect && !exchange.IsRefused)
            {
                await TunnelConnectAsync(exchange);
                return;
            }

            // Dial and forward; once more on a fresh connection if a waiting one turns out dead and nothing can have happened.
            do
            {
                if (!exchange.IsRefused && !exchange.TryReuse()) exchange.Dialed(await exchange.DialAsync());
                if (exchange.IsRefused) break;
                exchange.Sent(await exchange.Server.SendAsync(exchange.WriteRequest(), exchange.SendTimeout));
                exchange.BeginUpload();
                while (exchange.ReadAnswerHead() is var step and not HeadStep.Done)
                {
                    if (step == HeadStep.Interim) exchange.InterimSent(await client.SendAsync(exchange.WriteInterim(), exchange.SendTimeout));
                    else if (!exchange.Stirred(await exchange.Server.ReadableAsync(exchange.AnswerTimeLeft))
                        || !exchange.Answered(await exchange.Server.ReceiveAsync(exchange.AnswerRoom(), exchange.AnswerTimeLeft))) break;
                }
            }
            while (exchange.MayTryAgain());

            // Answer.
            if (exchange.IsRefused) await exchange.RefuseAsync();
            else if (exchange.IsUpgraded)
            {
                await RunTunnelAsync(exchange, exchange.WriteUpgrade());
                return;
            }
            else if (exchange.DecodesGzip) await exchange.DecodeAnswerAsync();
            else
            {
                exchange.AnswerSent(await client.SendAsync(exchange.WriteAnswer(), exchange.SendTimeout));
                if (!exchange.IsAnswerComplete) await exchange.StreamAnswerAsync();
            }

            // Report, and go on if both sides' framing is intact.
            if (exchange.IsUploading) await exchange.EndUploadAsync();
            exchange.Report();
            var goesOn = exchange.KeepsClient && !client.IsClosed && !loop.IsDraining;
            EndExchange();
            if (goesOn) continue;
            await LingerAsync();
            return;
        }
    }
}
