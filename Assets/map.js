// The map of /map, where scripts run and Leaflet is installed; without them the drawing of the server stays.
// Nothing of the data is ever taken for markup: words go in as text.
(() => {
  "use strict";
  const frame = document.querySelector("[data-map]");
  if (!frame || !window.L || !L.markerClusterGroup) return;
  const live = frame.querySelector(".map-live");
  const drawn = frame.querySelector("svg.map-svg");

  const node = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const link = (text, href) => { const a = node("a", text); a.href = href; return a; };

  const popup = ([no, name, , count, open, households]) => {
    const box = node("div");
    const title = node("p"); title.append(link(name, "/compounds/" + encodeURIComponent(no))); box.append(title);
    box.append(node("p", count + " 件，在办 " + open + " 件，" + (households ? households + " 户" : "户数未登记")));
    return box;
  };

  const draw = data => {
    live.hidden = false;
    const map = L.map(live, { zoomControl: false, attributionControl: !!frame.dataset.tiles, minZoom: 8, maxZoom: 18, keyboard: true, zoomSnap: frame.dataset.tiles ? 1 : 0.25 });
    L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    if (frame.dataset.tiles) {
      map.attributionControl.setPrefix("");
      const credit = node("span", frame.dataset.credit).textContent.replace(/[<>&"]/g, "");
      L.tileLayer(frame.dataset.tiles, { maxZoom: 18, attribution: credit }).addTo(map);
    }

    // Lines of a round number of degrees, as fine as what is shown.
    const lines = L.layerGroup();
    const rule = () => {
      lines.clearLayers();
      const zoom = map.getZoom(), step = zoom <= 10 ? 0.1 : zoom <= 12 ? 0.05 : zoom <= 13 ? 0.02 : 0.01, view = map.getBounds().pad(0.2);
      const look = { weight: 1, interactive: false, color: "#7c838b", opacity: 0.35 };
      const first = value => Math.ceil(value / step);
      for (let n = first(view.getWest()); n * step < view.getEast(); n++) L.polyline([[view.getSouth(), n * step], [view.getNorth(), n * step]], look).addTo(lines);
      for (let n = first(view.getSouth()); n * step < view.getNorth(); n++) L.polyline([[n * step, view.getWest()], [n * step, view.getEast()]], look).addTo(lines);
    };

    const cells = L.layerGroup(data.cells.map(cell =>
      L.rectangle([cell.from, cell.to], { className: "m" + cell.level, stroke: false, fillOpacity: 0.55, interactive: false })));

    const outlines = L.layerGroup(data.outlines.map(one =>
      L.polygon(one.rings, { color: "#525a63", weight: 2, fill: false, interactive: false })));

    // Where names would stand on each other the one with more to tell stays.
    const names = L.layerGroup();
    const titles = [...data.labels].sort((a, b) => b.count - a.count).map(one => ({ at: one.at, wide: one.name.length * 16 + 8,
      mark: L.marker(one.at, { interactive: false, keyboard: false, zIndexOffset: -1000, icon: L.divIcon({ className: "map-name", html: node("span", one.name), iconSize: [0, 0] }) }) }));
    const name = () => {
      const taken = [];
      names.clearLayers();
      for (const title of titles) {
        const at = map.latLngToContainerPoint(title.at);
        if (taken.some(other => Math.abs(other.at.x - at.x) < (other.wide + title.wide) / 2 && Math.abs(other.at.y - at.y) < 20)) continue;
        taken.push({ at, wide: title.wide });
        title.mark.addTo(names);
      }
    };

    // A circle has room for four signs.
    const short = count => count < 10000 ? String(count) : (count / 10000).toFixed(count < 100000 ? 1 : 0) + "万";
    const total = Math.max(1, data.places.reduce((all, place) => all + place[3], 0));
    const clusters = L.markerClusterGroup({
      maxClusterRadius: 48, showCoverageOnHover: false, chunkedLoading: true, disableClusteringAtZoom: 16, spiderfyOnMaxZoom: false,
      iconCreateFunction: group => {
        const sum = group.getAllChildMarkers().reduce((all, one) => all + one.options.count, 0);
        const icon = L.divIcon({ className: "map-cluster k" + (sum * 10 >= total ? 3 : sum * 30 >= total ? 2 : 1), html: node("span", short(sum)), iconSize: [46, 46] });
        return icon;
      },
    });
    clusters.addLayers(data.places.map(place => {
      const size = place[7] * 2 + 6;
      const dot = node("span", "", "map-dot d" + place[6]);
      const marker = L.marker(place[2], {
        count: place[3], keyboard: true, alt: place[1], title: place[1] + "：" + place[3] + " 件，在办 " + place[4] + " 件",
        icon: L.divIcon({ className: "map-point", html: dot, iconSize: [size, size] }),
      });
      marker.bindPopup(() => popup(place));
      return marker;
    }));

    const layers = { "方格（件数）": cells, "小区": clusters, "名称": names, "轮廓": outlines, "经纬线": lines };
    for (const name of ["方格（件数）", "小区", "名称", "轮廓"]) layers[name].addTo(map);
    if (!frame.dataset.tiles) lines.addTo(map);
    L.control.layers(null, layers, { collapsed: window.innerWidth < 800 }).addTo(map);
    const toggle = live.querySelector(".leaflet-control-layers-toggle");
    if (toggle) { toggle.title = "图层"; toggle.setAttribute("aria-label", "图层"); toggle.setAttribute("role", "button"); }

    const at = data.places.map(place => place[2]);
    if (at.length) map.fitBounds(L.latLngBounds(at).pad(0.1), { maxZoom: 15 }); else map.setView([31.2, 121.45], 10);
    rule();
    name();
    map.on("moveend", rule);
    map.on("zoomend", name);
    drawn.classList.add("map-drawn");
    live.setAttribute("role", "application");
    live.setAttribute("aria-label", "城管地图。用方向键移动，加号减号缩放，Tab 键逐个选小区；下面的表里有同样的内容。");
    frame.dataset.ready = "yes";
  };

  fetch(frame.dataset.map, { credentials: "same-origin", headers: { Accept: "application/json" } })
    .then(answer => { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
    .then(draw)
    .catch(() => { live.hidden = true; });
})();
