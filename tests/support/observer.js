// Lets a test look into a page without changing what the page does.
(() => {
  const Native = globalThis.RTCPeerConnection;
  const connections = [];
  globalThis.RTCPeerConnection = class RTCPeerConnection extends Native {
    constructor(configuration) {
      super(configuration);
      connections.push(this);
    }
  };

  const tracks = [];
  const devices = navigator.mediaDevices;
  const ask = devices?.getUserMedia.bind(devices);
  if (ask) {
    devices.getUserMedia = async (wanted) => {
      const stream = await ask(wanted);
      tracks.push(...stream.getTracks());
      return stream;
    };
  }

  const open = () => connections.filter((one) => one.connectionState !== 'closed');

  const reports = async (kind) => {
    const found = await Promise.all(open().map((one) => one.getStats()));
    return found
      .flatMap((report) => [...report.values()])
      .filter((row) => row.type === kind);
  };

  const sum = (rows, field) =>
    rows.reduce((total, row) => total + (row[field] ?? 0), 0);

  globalThis.observer = {
    connections: () => open().map((one) => one.connectionState),
    openTracks: () => tracks.filter((track) => track.readyState === 'live').length,
    received: async () => {
      const rows = await reports('inbound-rtp');
      return {
        frames: sum(
          rows.filter((row) => row.kind === 'video'),
          'framesDecoded',
        ),
        energy: sum(
          rows.filter((row) => row.kind === 'audio'),
          'totalAudioEnergy',
        ),
      };
    },
    sent: async () => {
      const rows = await reports('outbound-rtp');
      return {
        frames: sum(
          rows.filter((row) => row.kind === 'video'),
          'framesSent',
        ),
        packets: sum(
          rows.filter((row) => row.kind === 'audio'),
          'packetsSent',
        ),
      };
    },
  };

  addEventListener('securitypolicyviolation', (event) => {
    console.error(`csp-violation ${event.effectiveDirective} ${event.blockedURI}`);
  });
})();
