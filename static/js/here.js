// Where the reporter is: asked of the browser once, at their press alone, and sent with the form like anything else.
const form = document.querySelector("form[data-here]");
const status = form.querySelector("[data-here-status]");

form.hidden = !navigator.geolocation;
form.querySelector("button").addEventListener("click", () => {
  status.textContent = form.dataset.asking;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.here_lat.value = coords.latitude.toFixed(3);
      form.elements.here_lon.value = coords.longitude.toFixed(3);
      form.submit();
    },
    () => {
      status.textContent = form.dataset.refused;
    },
    { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 },
  );
});
