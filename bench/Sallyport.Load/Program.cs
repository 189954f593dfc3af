using Sallyport.Load;

// The load and the far ends of the tunnels for bench/relay. Results are one line of JSON on stdout.
switch (args)
{
    case ["serve"]:
        FarEnds.Serve();
        return 0;
    case ["pour", var proxy, var way, var target, var connections, var seconds]:
        return Pouring.Run(Way.Of(proxy, way, target), Argument.Number(connections), TimeSpan.FromSeconds(Argument.Number(seconds)));
    case ["open", var proxy, var way, var target, var connections, var seconds]:
        return Opening.Run(Way.Of(proxy, way, target), Argument.Number(connections), TimeSpan.FromSeconds(Argument.Number(seconds)));
    case ["hold-tunnels", var proxy, var way, var target, var connections]:
        return Holding.RunTunnels(Way.Of(proxy, way, target), Argument.Number(connections));
    case ["hold-clients", var proxy, var origin, var connections]:
        return Holding.RunClients(Argument.Number(proxy), Argument.Number(origin), Argument.Number(connections));
    default:
        Console.Error.WriteLine(
            """
            Sallyport.Load: the arguments are not known; allowed are
              serve                                                     the far ends: prints their ports
              pour PROXYPORT connect|port TARGETPORT CONNECTIONS SECONDS  bytes through tunnels, each one compared
              open PROXYPORT connect|port TARGETPORT CONNECTIONS SECONDS  tunnels opened, proven by one byte, and reset
              hold-tunnels PROXYPORT connect|port TARGETPORT CONNECTIONS  idle tunnels, until stdin ends
              hold-clients PROXYPORT ORIGINPORT CONNECTIONS               idle keep-alive clients, until stdin ends
            """);
        return 2;
}
